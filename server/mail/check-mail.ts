import { m } from '#lib/i18n/paraglide/messages.js';
import type { Due } from '#server/domain/outgoing.ts';
import { checkHeader, checkMark } from './check-mark.ts';
import { composeMail, type ComposedMail } from './compose.ts';
import { htmlOfText } from './html-text.ts';
import { loopMark } from './machine.ts';
import { messageIdFor, replyAddressFor, threadIdFor } from './thread-ids.ts';

/** No ticket has it. */
export const checkNumber = 0;

/**
 * A mail by which an account is checked: the first goes to its own address and names the signed address that answers come to, like
 * every letter about a ticket; the answer goes there. Null when the account is gone.
 */
export async function buildCheckMail(due: Due, key: Buffer): Promise<(ComposedMail & { subject: string }) | null> {
  const { sender, workspaceId, checkId, checkStep } = due;
  if (!sender || !workspaceId || !checkId || !checkStep) return null;
  const locale = due.language;
  const { address } = sender;
  const domain = address.split('@')[1] ?? '';
  const mark = checkMark(key, workspaceId, { check: checkId, step: checkStep });
  const subject = `${m.mailbox_check_subject({}, { locale })} ${mark}`;
  const text = m.mailbox_check_mail({ address }, { locale });
  const composed = await composeMail({
    from: { name: sender.name, address },
    to: { name: '', address: due.toAddress },
    subject,
    text,
    html: htmlOfText(text),
    date: new Date(),
    messageId: messageIdFor(key, { domain, ticketId: checkId, mailId: due.id }),
    automatic: 'generated',
    loopMark: loopMark(key, workspaceId),
    headers: { [checkHeader]: mark },
    attachments: [],
    ...(checkStep === 'first' ? opening(due, key, { address, workspaceId, checkId, domain }) : answering(due)),
  });
  return { ...composed, subject };
}

type Opened = { address: string; workspaceId: string; checkId: string; domain: string };

/** As a letter about a ticket has it. */
function opening({ sender }: Due, key: Buffer, { address, workspaceId, checkId, domain }: Opened) {
  const ticket = { workspaceId, number: checkNumber };
  return {
    replyTo: sender?.hasPlusAddresses ? replyAddressFor(key, address, ticket) : null,
    inReplyTo: null,
    references: [threadIdFor(key, { domain, ticketId: checkId })],
  };
}

/** As a customer's mail program has it. */
function answering({ input }: Due) {
  const { inReplyTo, references } = input;
  return {
    replyTo: null,
    inReplyTo: typeof inReplyTo === 'string' ? inReplyTo : null,
    references: Array.isArray(references) ? references.filter((id) => typeof id === 'string') : [],
  };
}
