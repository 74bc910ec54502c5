import type { ImapFlow } from 'imapflow';
import * as mails from '#server/domain/mails.ts';
import type { Reader } from './imap-fetch.ts';
import { uidValidityOf } from './imap-read.ts';

/**
 * Marks, moves or deletes the originals of what is stored, also what a crash left out. One of which only a part was fetched
 * stays where it is.
 * @returns a sentence when the server does not let us; '' when all is done
 */
export async function settleRest(reader: Reader): Promise<string> {
  const { client, account, lease } = reader;
  const uidValidity = uidValidityOf(reader);
  for (;;) {
    const originals = await mails.unsettled(account.id, uidValidity);
    if (originals.length === 0) return '';
    // Whoever was overtaken touches nobody's mailbox.
    if (!(await lease.renew())) return '';
    const whole = originals.filter(({ isPartial }) => !isPartial).map(({ uid }) => uid);
    if (whole.length > 0 && !(await settle(client, account, whole)))
      return `The server refuses to ${account.afterStoring} read mail`;
    await mails.markSettled(
      lease.held,
      uidValidity,
      originals.map(({ uid }) => uid),
    );
  }
}

async function settle(client: ImapFlow, account: mails.Account, uids: number[]): Promise<boolean> {
  const range = uids.join(',');
  switch (account.afterStoring) {
    case 'leave':
      return true;
    case 'seen':
      return client.messageFlagsAdd(range, ['\\Seen'], { uid: true });
    case 'delete':
      return remove(client, uids);
    case 'move':
      if (await move(client, uids, account.moveToFolder)) return true;
      await client.mailboxCreate(account.moveToFolder);
      return move(client, uids, account.moveToFolder);
  }
}

async function move(client: ImapFlow, uids: number[], folder: string): Promise<boolean> {
  const range = uids.join(',');
  if (client.capabilities.has('MOVE')) return Boolean(await client.messageMove(range, folder, { uid: true }));
  return Boolean(await client.messageCopy(range, folder, { uid: true })) && remove(client, uids);
}

/**
 * Without UIDPLUS a server knows only "expunge all that is marked", and that may be a person's mail who changed his mind: then
 * ours are marked, and they go when nothing else is marked.
 */
async function remove(client: ImapFlow, uids: number[]): Promise<boolean> {
  const range = uids.join(',');
  if (client.capabilities.has('UIDPLUS')) return client.messageDelete(range, { uid: true });
  if (!(await client.messageFlagsAdd(range, ['\\Deleted'], { uid: true }))) return false;
  const marked = (await client.search({ deleted: true }, { uid: true })) || [];
  if (marked.some((uid) => !uids.includes(uid))) return true;
  return client.messageDelete(range, { uid: true });
}
