import { m } from '#lib/i18n/paraglide/messages.js';
import { act, type Act } from '#server/domain/act.ts';
import { byAddress, isUsable } from '#server/domain/contacts/by-address.ts';
import * as mails from '#server/domain/mails.ts';
import { receive as post } from '#server/domain/messages/receive.ts';
import * as tickets from '#server/domain/tickets.ts';
import { wholeMail } from './cut.ts';
import { htmlOfText } from './html-text.ts';

type Unread = { reason: string; head: mails.Head | null; raw: Buffer | null };

/**
 * A mail that could not be read is given up and becomes a ticket that says so, with the mail as a file: it may be a customer's, and
 * nobody looks into a ledger every day. The team alone sees what is said; the sender is its customer, who may be asked to write again.
 */
export async function giveUp(mail: mails.Queued, { reason, head, raw }: Unread): Promise<void> {
  const account = (await mails.receiversOf([mail.accountId])).get(mail.accountId);
  if (!account) throw new Error('The account of a mail is gone');
  const file = raw && (await wholeMail(raw));
  const number = await tickets.drawNumber(mail.workspaceId);
  await act({ kind: 'system', workspaceId: mail.workspaceId }, async (tx) => {
    if (!(await mails.failWith(tx, mail.id, { reason, head }))) return;
    const ticket = mail.ticketId ?? (await open(tx, { account, head, number }));
    const message = await post(tx, {
      ticket,
      contact: null,
      ...bodyOf(account.language, raw !== null),
      quotedHtml: '',
      isAutomatic: false,
      isVerified: false,
      files: file ? [file] : [],
    });
    await mails.showOn(tx, mail.id, { ticketId: ticket, ticketMessageId: message });
  });
}

function bodyOf(locale: 'de' | 'en', hasRaw: boolean) {
  const text = hasRaw ? m.mailbox_unread({}, { locale }) : m.mailbox_unfetched({}, { locale });
  return { text, html: htmlOfText(text) };
}

type Opening = { account: mails.Receiver; head: mails.Head | null; number: number };

async function open(tx: Act, { account, head, number }: Opening): Promise<string> {
  const locale = account.language;
  const address = head?.fromAddress ?? '';
  const requester = isUsable(address)
    ? await byAddress(tx, { address, name: head?.fromName ?? '', language: locale })
    : null;
  const { ticket } = await tickets.create(tx, {
    number,
    subject: `${m.mailbox_unread_subject({}, { locale })} ${head?.subject ?? ''}`.trim().slice(0, 250).toWellFormed(),
    description: '',
    pool: account.poolId,
    kind: '',
    status: 'open',
    visibility: 'public',
    priority: 'normal',
    channel: 'mail',
    tags: [],
    requester,
    member: null,
    group: null,
    due: null,
  });
  return ticket;
}
