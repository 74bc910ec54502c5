import { AppError } from '#lib/shared/errors.ts';
import { secretFor } from '#server/database/keys.ts';
import { act } from '#server/domain/act.ts';
import * as mails from '#server/domain/mails.ts';
import type { StoredFile } from '#server/domain/messages/receive.ts';
import * as tickets from '#server/domain/tickets.ts';
import * as files from '#server/files.ts';
import { file, type Incoming } from './file-mail.ts';
import { judgeMail } from './machine.ts';
import { readMail } from './parse.ts';
import { placeOf } from './place.ts';
import { separatorToken } from './separator.ts';
import { sorted } from './sort.ts';

/** Files one mail of the ledger: on its ticket, as a new ticket, or in the ledger alone. Safe to repeat after any crash. */
export async function receive(queued: mails.Queued): Promise<void> {
  const account = await mails.receiverOf(queued.accountId);
  const raw = await mails.bytesOf(queued);
  if (!account || !raw) throw new AppError('mail.erased');
  const key = await secretFor('mail');
  const read = await readMail(raw, separatorToken(key));
  read.mail.deliveredTo.unshift(...queued.envelopeTo);
  const own = { workspaceId: account.workspaceId, addresses: account.ownAddresses, key };
  await fileOnce({ ...read, queued, account, key, verdicts: judgeMail(read.mail, own) });
}

/** The ticket may be closed between the decision and the message; then the decision is made again. */
async function fileOnce(incoming: Incoming, attempt = 1): Promise<void> {
  const { workspaceId } = incoming.account;
  const system = { kind: 'system' as const, workspaceId };
  const decision = sorted(incoming, await placeOf(incoming));
  const stored = decision.kind === 'ledger' ? [] : await keep(incoming);
  const number = decision.kind === 'open' ? await tickets.drawNumber(workspaceId) : 0;
  try {
    await act(system, (tx) => file(tx, incoming, { decision, stored, number }));
  } catch (error) {
    if (error instanceof AppError && error.code === 'ticket.closed' && attempt < 3)
      return fileOnce(incoming, attempt + 1);
    throw error;
  }
}

/** Bytes first, rows second; what a failure leaves behind without a row is swept. */
async function keep({ mail }: Incoming): Promise<StoredFile[]> {
  const kept: StoredFile[] = [];
  for (const { name, mime, contentId, content } of mail.attachments) {
    kept.push({
      name,
      mime: mime.slice(0, 120),
      contentId: contentId?.slice(0, 255) ?? null,
      ...(await files.put(content)),
    });
  }
  return kept;
}
