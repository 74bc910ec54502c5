import type { ImageTrust } from '#lib/shared/conversation.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Priority } from '#lib/shared/ticket.ts';
import type { Tx } from '#server/database/actor.ts';
import type { Original } from '../conversation/original.ts';
import type { ServedFile } from '../conversation/file.ts';
import { imageTrustOfMail } from '../images.ts';
import { suggestionsFor, type Suggestions } from './suggestions.ts';

/** A mail of the inbox, opened: what it says, and what is known of its sender. */
export type InboxLetter = {
  id: string;
  state: 'waiting' | 'filed' | 'ignored';
  reason: string;
  fromName: string;
  fromAddress: string;
  subject: string;
  text: string;
  hasHtml: boolean;
  hasRemoteImages: boolean;
  images: ImageTrust;
  phone: string;
  /** What rules want its ticket to have. */
  tags: string[];
  priority: Priority;
  verdicts: string[];
  receivedAt: string;
  account: { name: string; address: string; pool: string; sendsConfirmation: boolean };
  takenBy: string | null;
  decidedBy: string | null;
  decidedAt: string | null;
  /** Of its ticket, once it has one. */
  ticket: number | null;
  files: { id: string; name: string; mime: string; size: number; isInline: boolean }[];
} & Suggestions;

type Row = Omit<InboxLetter, 'account' | 'images' | 'files' | keyof Suggestions> & {
  accountName: string;
  accountAddress: string;
  pool: string;
  sendsConfirmation: boolean;
  maybeTicketId: string | null;
};

export async function letterOf(tx: Tx, id: string): Promise<InboxLetter> {
  const { sql } = tx;
  const [row] = await sql<Row[]>`
    select
      m.id, m.state, m.reason, m.from_name, coalesce(nullif(m.from_address, ''), m.envelope_from) as from_address, m.subject,
      left(coalesce(c.body_text, ''), 40000) as text,
      coalesce(c.body_html <> '', false) as has_html,
      coalesce(c.body_html || c.quoted_html like '% data-remote="%', false) as has_remote_images,
      coalesce(c.phone, '') as phone, coalesce(c.tags, '{}') as tags, coalesce(c.priority, 'normal') as priority, m.verdicts, m.received_at,
      coalesce(i.name, '') as account_name, coalesce(i.address, '') as account_address, i.pool_id as pool,
      coalesce(i.sends_confirmation, false) as sends_confirmation,
      case when m.taken_until > now() then m.taken_by_member_id end as taken_by,
      m.decided_by_member_id as decided_by, m.decided_at, t.number as ticket, m.maybe_ticket_id
    from lotse.mails m
    left join lotse.mail_contents c on c.mail_id = m.id
    left join private.inboxes() i on i.account_id = m.account_id
    left join lotse.tickets t on t.id = m.ticket_id
    where m.id = ${id} and m.asked_at is not null
  `;
  if (!row) throw new AppError('mail.notFound');
  const { accountName, accountAddress, pool, sendsConfirmation, maybeTicketId, ...mail } = row;
  const files = await sql<InboxLetter['files'][number][]>`
    select f.id, f.name, f.mime, f.size::int as size, f.content_id is not null as is_inline
    from lotse.mail_files f
    where f.mail_id = ${id}
    order by f.created_at, f.id
    limit 1000
  `;
  return {
    ...mail,
    account: { name: accountName, address: accountAddress, pool, sendsConfirmation },
    files,
    images: await imageTrustOfMail(tx, id),
    ...(await suggestionsFor(tx, { ...mail, maybeTicketId })),
  };
}

/** As it came, sanitised, for the frame. */
export async function pictureOf(tx: Tx, id: string): Promise<Original> {
  const { sql } = tx;
  const [content] = await sql<{ html: string }[]>`
    select body_html || quoted_html as html from lotse.mail_contents where mail_id = ${id}
  `;
  if (!content) throw new AppError('mail.notFound');
  const pictures = await sql<Original['pictures'][number][]>`
    select content_id, mime, size::int as size, storage_key
    from lotse.mail_files
    where mail_id = ${id} and content_id is not null
    order by created_at, id
    limit 40
  `;
  return { html: content.html, isTrusted: (await imageTrustOfMail(tx, id)).isTrusted, pictures };
}

export async function fileOfMail({ sql }: Tx, mail: string, file: string): Promise<ServedFile> {
  const [found] = await sql<ServedFile[]>`
    select id, name, mime, size::int as size, storage_key from lotse.mail_files where id = ${file} and mail_id = ${mail}
  `;
  if (!found) throw new AppError('file.notFound');
  return found;
}
