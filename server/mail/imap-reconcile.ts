import * as mails from '#server/domain/mails.ts';
import { log } from '#server/log.ts';
import { fetchMails, type Reader } from './imap-fetch.ts';
import { uidValidityOf } from './imap-read.ts';

/** Longer than anybody is away from a broken mailbox; older mails were compared on their days. */
const days = 14;
const everyMs = 24 * 60 * 60_000;

/**
 * Once a day: which mails of the last days lie in the mailbox and are not in the ledger? Each is fetched at once, and what was
 * found stands beside the account. What lies before our beginning was never ours.
 */
export async function reconcileIfDue(reader: Reader): Promise<void> {
  const { lease, cursor } = reader;
  if (cursor.reconciledAt !== null && Date.now() - Date.parse(cursor.reconciledAt) < everyMs) return;
  await reconcile(reader);
  cursor.reconciledAt = new Date().toISOString();
  await lease.renew();
}

export async function reconcile(reader: Reader): Promise<void> {
  const { client, account, lease, cursor } = reader;
  const uidValidity = uidValidityOf(reader);
  const since = new Date(Date.now() - days * 86_400_000);
  const found = (await client.search({ since }, { uid: true })) || [];
  const ours = [...new Set(found)].filter((uid) => uid > (cursor.startUid ?? cursor.lastUid) && uid <= cursor.lastUid);
  const missing = await mails.unknownUids(lease.held, { uidValidity, uids: ours });
  if (missing.length > 0) {
    log.warn({ part: 'mail', accountId: account.id, missing: missing.length }, 'mails were not in the ledger');
    await fetchMails(reader, missing);
  }
  const stillMissing = await mails.unknownUids(lease.held, { uidValidity, uids: missing });
  const fetched = missing.length - stillMissing.length;
  await mails.noteReconciliation(lease.held, { uidValidity, inMailbox: ours.length, missing, fetched });
}
