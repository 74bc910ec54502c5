import type { Act } from '#server/domain/act.ts';
import * as checks from '#server/domain/checks.ts';
import { checkNumber } from './check-mail.ts';
import type { Incoming } from './file-mail.ts';
import { threadHints } from './thread.ts';
import { replyAddressFor } from './thread-ids.ts';

/** A mail of ours by which an account is checked came in: what its check learns of that. */
export async function noteCheck(tx: Act, incoming: Incoming): Promise<void> {
  const { verdicts } = incoming;
  if (!verdicts.check) return;
  const { check, step } = verdicts.check;
  if (step === 'first') await checks.arrived(tx, check, answeringOf(incoming));
  else await checks.answerArrived(tx, check, isFound(incoming, check));
}

/** What a customer's mail program would do with it. To an address that is not the account's own nothing is written. */
function answeringOf({ mail, account }: Incoming): checks.Answering | null {
  const to = (mail.replyTo[0] ?? mail.from)?.address ?? '';
  if (to.replace(/\+[^@]*@/, '@') !== account.address && to !== account.address) return null;
  return {
    to,
    inReplyTo: mail.messageId,
    references: [...mail.references, ...(mail.messageId ? [mail.messageId] : [])],
  };
}

/** By the same words that an answer to a ticket is found by; where an account has addresses of tickets, by these. */
function isFound({ mail, account, key }: Incoming, check: string): boolean {
  const { workspaceId, address } = account;
  const signed =
    account.hasPlusAddresses && replyAddressFor(key, address, { workspaceId, number: checkNumber }) !== address;
  return threadHints(mail, { key, workspaceId }).some((hint) =>
    signed ? hint.by === 'address' && hint.number === checkNumber : hint.by === 'ownId' && hint.ticketId === check,
  );
}
