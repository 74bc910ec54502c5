import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Act } from '../act.ts';
import { byAddress, isUsable } from '../contacts/by-address.ts';
import { receive, type StoredFile } from '../messages/receive.ts';
import { hadEnoughConfirmations, queueForCustomers } from '../outgoing.ts';
import { create } from '../tickets/create.ts';
import { decide } from './decide.ts';

type Content = {
  fromAddress: string;
  fromName: string;
  subject: string;
  verdicts: string[];
  bodyHtml: string;
  bodyText: string;
  quotedHtml: string;
  language: 'de' | 'en';
};

/** A ticket of a waiting mail: subject, sender, phone, text and files are taken over; the mail leaves the inbox. */
export async function makeTicket(act: Act, input: Command<'mail.makeTicket'> & { number: number }) {
  const { mail, name, phone, requester, confirms, ...fields } = input;
  const content = await taken(act, mail);
  const sender = await senderOf(act, content, name);
  const asking = requester ?? sender;
  if (phone) await notePhone(act, asking, phone);
  const { ticket, number } = await create(act, {
    ...fields,
    requester: asking,
    description: '',
    kind: '',
    status: 'open',
    channel: 'mail',
    due: null,
  });
  // Who speaks for another is shown as a stranger to the ticket until somebody of the team says otherwise.
  await hang(act, {
    mail,
    content,
    ticket,
    contact: sender,
    isVerified: sender === asking && !isDoubted(content),
    as: 'inbox.ticket',
  });
  return { ticket, number, isConfirmed: confirms && (await confirm(act, { content, ticket, contact: asking })) };
}

/** The mail on a ticket that is there: as its sender's words, or as a comment that no customer sees. */
export async function attach(act: Act, { mail, number, isPublic }: Command<'mail.attach'>) {
  const content = await taken(act, mail);
  const [place] = await act.sql<{ ticket: string; mayWork: boolean; isCustomer: boolean }[]>`
    select
      t.id as ticket,
      private.may_work(t.id) as may_work,
      exists (
        select
        from lotse.ticket_customers tc
        join lotse.contact_addresses a on a.contact_id = tc.contact_id
        where tc.ticket_id = t.id and tc.verified and a.address = ${content.fromAddress}
      ) as is_customer
    from lotse.tickets t
    where t.number = ${number}
  `;
  if (!place) throw new AppError('ticket.notFound');
  if (!place.mayWork) throw new AppError('ticket.forbidden');
  const contact = isPublic ? await senderOf(act, content, content.fromName) : null;
  const { ticket, isCustomer } = place;
  await hang(act, {
    mail,
    content,
    ticket,
    contact,
    isVerified: isCustomer && !isDoubted(content),
    as: 'inbox.attached',
  });
  return { ticket, number };
}

async function taken(act: Act, mail: string): Promise<Content> {
  await act.sql`select private.take_mail(${mail})`;
  const [content] = await act.sql<Content[]>`
    select
      coalesce(nullif(m.from_address, ''), m.envelope_from) as from_address, m.from_name, m.subject, m.verdicts,
      c.body_html, c.body_text, c.quoted_html, c.language
    from lotse.mails m
    join lotse.mail_contents c on c.mail_id = m.id
    where m.id = ${mail}
  `;
  if (!content) throw new AppError('mail.notFound');
  return content;
}

/** The person who decides sees that its sender was disproved, or is a list's word; so does whoever reads the ticket. */
const isDoubted = ({ verdicts }: Content) => verdicts.includes('forged') || verdicts.includes('handed_on');

/** The contact with the sender's address, made with the name that the person typed when nobody has it yet. */
async function senderOf(act: Act, { fromAddress, language }: Content, name: string): Promise<string> {
  const address = fromAddress.toLowerCase();
  if (!isUsable(address)) throw new AppError('mail.noSender');
  return act.system(() => byAddress(act, { address, name, language }));
}

/** Never over a number that somebody keeps already. */
async function notePhone(act: Act, contact: string, phone: string): Promise<void> {
  await act.sql`update lotse.contacts set phone = ${phone} where id = ${contact} and phone = ''`;
}

type Hanging = {
  mail: string;
  content: Content;
  ticket: string;
  contact: string | null;
  isVerified: boolean;
  as: 'inbox.ticket' | 'inbox.attached';
};

async function hang(act: Act, { mail, content, ticket, contact, isVerified, as }: Hanging): Promise<void> {
  const { bodyHtml, bodyText, quotedHtml, verdicts } = content;
  const message = await act.system(async (sql) => {
    // They become the message's: the bytes have one row.
    const files = await sql<StoredFile[]>`
      delete from lotse.mail_files where mail_id = ${mail} returning name, mime, size::int as size, sha256, storage_key, content_id
    `;
    await sql`delete from lotse.mail_contents where mail_id = ${mail}`;
    return receive(act, {
      ticket,
      contact,
      html: contact ? bodyHtml : `${head(content)}${bodyHtml}`,
      text: bodyText,
      quotedHtml,
      isAutomatic: verdicts.includes('automatic'),
      isVerified,
      files,
    });
  });
  await decide(act, mail, { state: 'filed', reason: as, ticketId: ticket, ticketMessageId: message });
}

/** A comment has no author of its own: it says whose mail it is. */
function head({ fromName, fromAddress, subject }: Content): string {
  const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<p><strong>${escaped(fromName)}</strong> &lt;${escaped(fromAddress)}&gt;<br>${escaped(subject)}</p>`;
}

type Confirming = { content: Content; ticket: string; contact: string };

/** Whoever presses the button answers no machine, and nobody more often than the limits allow. */
async function confirm(act: Act, { content, ticket, contact }: Confirming): Promise<boolean> {
  if (content.verdicts.includes('no_auto_answer')) return false;
  if (await act.system(() => hadEnoughConfirmations(act, contact))) return false;
  await queueForCustomers(act, { kind: 'confirmation', ticket, message: null });
  return true;
}
