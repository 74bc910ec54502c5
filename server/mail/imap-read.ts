import type { ImapFlow } from 'imapflow';
import * as mails from '#server/domain/mails.ts';
import { log } from '#server/log.ts';

export type Reader = {
  account: mails.Account;
  holder: string;
  client: ImapFlow;
  /** Where reading goes on; as the lease found it, since another process may have read until then. */
  cursor: mails.Cursor;
  onStored(): void;
};

const rescanDays = 7;
/** A server's clock and ours differ, and INTERNALDATE knows whole seconds only. */
const clockDifferenceMs = 60_000;

/** Stores everything behind the cursor, one mail after the other: its bytes and its place are committed together. */
export async function readNew(reader: Reader): Promise<void> {
  const { client, account, holder, cursor } = reader;
  const uidValidity = uidValidityOf(client);
  if (cursor.uidValidity !== uidValidity) await beginAt(reader, uidValidity);
  // "n:*" always holds the last mail, also when it is not new (RFC 3501, 6.4.8).
  const found = await client.search({ uid: `${cursor.lastUid + 1}:*` }, { uid: true });
  const uids = (found || []).filter((uid) => uid > cursor.lastUid).sort((a, b) => a - b);
  for (const uid of uids) {
    const message = await client.fetchOne(String(uid), { source: true }, { uid: true });
    // Somebody moved it away between the search and now: it is not ours any more.
    if (!message || !message.source) continue;
    const place = { uidValidity, uid, leaseHolder: holder };
    await mails.store({ account, raw: message.source, place, envelope: null });
    cursor.lastUid = uid;
    reader.onStored();
  }
}

/**
 * Marks, moves or deletes the originals of what is stored, also what a crash left out.
 * @returns a sentence when the server does not let us; '' when all is done
 */
export async function settleRest(reader: Reader): Promise<string> {
  const { client, account } = reader;
  const uidValidity = uidValidityOf(client);
  for (;;) {
    const uids = await mails.unsettled(account.id, uidValidity);
    if (uids.length === 0) return '';
    if (!(await settle(reader, uids.join(',')))) return `The server refuses to ${account.afterStoring} read mail`;
    await mails.markSettled(account.id, uidValidity, uids);
  }
}

async function settle({ client, account }: Reader, range: string): Promise<boolean> {
  const byUid = { uid: true };
  switch (account.afterStoring) {
    case 'leave':
      return true;
    case 'seen':
      return client.messageFlagsAdd(range, ['\\Seen'], byUid);
    case 'delete':
      return client.messageDelete(range, byUid);
    case 'move':
      if (await client.messageMove(range, account.moveToFolder, byUid)) return true;
      await client.mailboxCreate(account.moveToFolder);
      return Boolean(await client.messageMove(range, account.moveToFolder, byUid));
  }
}

/**
 * A first look starts from now: an old mailbox must not become a thousand tickets. When the server numbered anew, old
 * UIDs mean nothing: the last week is read again, and the ledger knows the same bytes.
 */
async function beginAt({ client, account, cursor, holder }: Reader, uidValidity: number): Promise<void> {
  const next = client.mailbox ? client.mailbox.uidNext : 1;
  const isFirst = cursor.uidValidity === null;
  if (!isFirst) log.warn({ part: 'mail', accountId: account.id }, 'UIDVALIDITY changed, reading the last week again');
  cursor.lastUid = (isFirst ? next : Math.min(next, await firstRecent(client, account))) - 1;
  cursor.uidValidity = uidValidity;
  await mails.startFrom(account.id, { holder, uidValidity, lastUid: cursor.lastUid });
}

/** The UID from which on mails are of the last week, and not older than the account itself. */
async function firstRecent(client: ImapFlow, { createdAt }: mails.Account): Promise<number> {
  const opened = Date.parse(createdAt) - clockDifferenceMs;
  const since = new Date(Math.max(Date.now() - rescanDays * 86_400_000, opened));
  // SEARCH SINCE knows days only.
  const recent = (await client.search({ since }, { uid: true })) || [];
  if (recent.length === 0) return Infinity;
  let first = Infinity;
  for await (const { uid, internalDate } of client.fetch(recent.join(','), { internalDate: true }, { uid: true })) {
    if (internalDate && new Date(internalDate) >= since) first = Math.min(first, uid);
  }
  return first;
}

function uidValidityOf(client: ImapFlow): number {
  if (!client.mailbox) throw new Error('No mailbox is open');
  return Number(client.mailbox.uidValidity);
}
