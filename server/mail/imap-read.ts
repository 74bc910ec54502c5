import type { ImapFlow } from 'imapflow';
import * as mails from '#server/domain/mails.ts';
import { log } from '#server/log.ts';
import { fetchMails, type Reader } from './imap-fetch.ts';

const rescanDays = 7;
/** A server's clock and ours differ, and INTERNALDATE knows whole seconds only. */
const clockDifferenceMs = 60_000;
/** Then it is said that all is well, and originals are marked, before it goes on: an old mailbox may hold a hundred thousand. */
const roundOf = 500;

/**
 * Stores what lies behind the cursor, in order: bytes and places are committed together.
 * @returns whether there is more
 */
export async function readNew(reader: Reader): Promise<boolean> {
  const { client, cursor } = reader;
  const uidValidity = uidValidityOf(reader);
  if (cursor.uidValidity !== uidValidity) await beginAt(reader, uidValidity);
  // "n:*" always holds the last mail, also when it is not new (RFC 3501, 6.4.8).
  const found = await client.search({ uid: `${cursor.lastUid + 1}:*` }, { uid: true });
  const uids = [...new Set(found || [])].filter((uid) => uid > cursor.lastUid).sort((a, b) => a - b);
  await fetchMails(reader, uids.slice(0, roundOf));
  return uids.length > roundOf;
}

/**
 * Where a first look begins is the account's choice. When the server numbered anew, old UIDs mean nothing: what came since the last
 * success is read, and a week before that again; the ledger knows the same bytes.
 */
async function beginAt(reader: Reader, uidValidity: number): Promise<void> {
  const { client, account, lease, cursor } = reader;
  const isFirst = cursor.uidValidity === null;
  if (!isFirst)
    log.warn(
      { part: 'mail', accountId: account.id },
      'UIDVALIDITY changed, reading the last week again, from the last success',
    );
  cursor.lastUid = (await firstUid(client, isFirst ? firstDay(account) : lastWeek(account, cursor))) - 1;
  cursor.startUid = cursor.lastUid;
  cursor.uidValidity = uidValidity;
  await mails.startFrom(lease.held, { uidValidity, lastUid: cursor.lastUid });
}

/** Null: from now on. */
function firstDay({ firstLook, firstLookDays }: mails.Account): Date | null {
  if (firstLook === 'now') return null;
  return firstLook === 'all' ? new Date(0) : new Date(Date.now() - firstLookDays * 86_400_000);
}

/** Not older than the account itself, unless it had asked for what is older. */
function lastWeek(account: mails.Account, { lastSuccessAt }: mails.Cursor): Date {
  const opened = Date.parse(account.createdAt) - clockDifferenceMs;
  const asked = firstDay(account)?.getTime() ?? opened;
  const known = Math.min(Date.now(), lastSuccessAt === null ? opened : Date.parse(lastSuccessAt));
  return new Date(Math.max(known - rescanDays * 86_400_000, Math.min(opened, asked)));
}

/** The UID from which on mails are as young as that. */
async function firstUid(client: ImapFlow, since: Date | null): Promise<number> {
  const next = client.mailbox ? client.mailbox.uidNext : 1;
  if (since === null) return next;
  if (since.getTime() === 0) return 1;
  // SEARCH SINCE knows days only.
  const recent = (await client.search({ since }, { uid: true })) || [];
  if (recent.length === 0) return next;
  let first = next;
  for await (const { uid, internalDate } of client.fetch(recent.join(','), { internalDate: true }, { uid: true })) {
    if (internalDate && new Date(internalDate) >= since) first = Math.min(first, uid);
  }
  return first;
}

/** UIDVALIDITY has 32 bits. The next mailbox of an account may have the same as the one before, and never means the same mails. */
export function uidValidityOf({ client, account }: Pick<Reader, 'client' | 'account'>): number {
  if (!client.mailbox) throw new Error('No mailbox is open');
  return account.mailbox * 2 ** 32 + Number(client.mailbox.uidValidity);
}
