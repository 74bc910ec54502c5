import type { ImapFlow } from 'imapflow';
import * as mails from '#server/domain/mails.ts';
import { log } from '#server/log.ts';

export type Reader = { account: mails.Account; holder: string; client: ImapFlow; onStored(): void };

const rescanDays = 7;

/** Stores everything behind the cursor, one mail after the other: bytes and place committed, only then the original settled. */
export async function readNew(reader: Reader): Promise<void> {
  const { client, account, holder } = reader;
  const uidValidity = uidValidityOf(client);
  if (account.uidValidity !== uidValidity) await beginAt(reader, uidValidity);
  // "n:*" always holds the last mail, also when it is not new (RFC 3501, 6.4.8).
  const found = await client.search({ uid: `${account.lastUid + 1}:*` }, { uid: true });
  const uids = (found || []).filter((uid) => uid > account.lastUid).sort((a, b) => a - b);
  for (const uid of uids) {
    const message = await client.fetchOne(String(uid), { source: true }, { uid: true });
    // Somebody moved it away between the search and now: it is not ours any more.
    if (!message || !message.source) continue;
    const place = { uidValidity, uid, leaseHolder: holder };
    await mails.store({ account, raw: message.source, place, envelope: null });
    account.lastUid = uid;
    reader.onStored();
    await settle(reader, [uid]);
  }
  await mails.reportSuccess(account.id);
}

/** What an earlier run stored and did not get to mark, move or delete. */
export async function settleRest(reader: Reader): Promise<void> {
  const uids = await mails.unsettled(reader.account.id, uidValidityOf(reader.client));
  if (uids.length > 0) await settle(reader, uids);
}

/**
 * A first look starts from now: an old mailbox must not become a thousand tickets. When the server numbered anew, old
 * UIDs mean nothing: the last week is read again, and the ledger knows the same bytes.
 */
async function beginAt({ client, account }: Reader, uidValidity: number): Promise<void> {
  const box = client.mailbox;
  const next = box ? box.uidNext : 1;
  let lastUid = next - 1;
  if (account.uidValidity !== null) {
    log.warn({ part: 'mail', accountId: account.id }, 'UIDVALIDITY changed, reading the last week again');
    const since = new Date(Date.now() - rescanDays * 86_400_000);
    const recent = await client.search({ since }, { uid: true });
    lastUid = Math.min(next, ...(recent || [])) - 1;
  }
  await mails.startFrom(account.id, { uidValidity, lastUid });
  account.uidValidity = uidValidity;
  account.lastUid = lastUid;
}

async function settle({ client, account }: Reader, uids: number[]): Promise<void> {
  const range = uids.join(',');
  if (account.afterStoring === 'seen') await client.messageFlagsAdd(range, ['\\Seen'], { uid: true });
  if (account.afterStoring === 'delete') await client.messageDelete(range, { uid: true });
  if (account.afterStoring === 'move') {
    const moved = await client.messageMove(range, account.moveToFolder, { uid: true });
    if (!moved) {
      await client.mailboxCreate(account.moveToFolder);
      await client.messageMove(range, account.moveToFolder, { uid: true });
    }
  }
  await mails.markSettled(account.id, uidValidityOf(client), uids);
}

function uidValidityOf(client: ImapFlow): number {
  if (!client.mailbox) throw new Error('No mailbox is open');
  return Number(client.mailbox.uidValidity);
}
