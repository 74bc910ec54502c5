import type { Attachment, Conversation, Delivery, Message } from '#lib/shared/conversation.ts';
import type { Tx } from '#server/database/actor.ts';
import { inlineOf, quotedOf } from './conversation/body.ts';
import { imageTrustOf } from './images.ts';

/** One screen's worth, and more than most tickets ever have. */
const pageLength = 60;
const mostFiles = 500;

type Options = {
  /** The oldest message one has, to read what came before it. */
  before?: { at: string; id: string } | undefined;
};

type Row = Omit<Message, 'html' | 'quoted' | 'original' | 'hasRemoteImages' | 'images' | 'files' | 'deliveries'> & {
  bodyHtml: string;
  bodyText: string;
  quotedHtml: string;
};

/** What was said on a ticket as far as the reader may see it, oldest first, from the latest page or the one before. */
export async function conversation(tx: Tx, ticketId: string, { before }: Options = {}): Promise<Conversation> {
  const rows = await tx.sql<Row[]>`
    select
      m.id, m.kind, m.visibility, m.channel, m.occurred_at as at, m.edited_at, m.withdrawn_at, m.machine,
      m.verified as is_verified, m.occasion, m.body_html, m.body_text, m.quoted_html,
      jsonb_build_object(
        'kind', case when m.author_member_id is not null then 'member' when m.author_contact_id is not null then 'contact' else 'system' end,
        'id', coalesce(m.author_member_id, m.author_contact_id),
        'name', coalesce(a.name, c.name, '')
      ) as author
    from lotse.messages m
    left join lotse.members a on a.id = m.author_member_id
    left join lotse.contacts c on c.id = m.author_contact_id
    where m.ticket_id = ${ticketId}
      and not m.taken_back
      ${before ? tx.sql`and (m.occurred_at, m.id) < (${before.at}, ${before.id})` : tx.sql``}
    order by m.occurred_at desc, m.id desc
    limit ${pageLength + 1}
  `;
  const page = rows.slice(0, pageLength).reverse();
  const ids = page.map(({ id }) => id);
  const [files, deliveries, trust] = await Promise.all([
    filesOf(tx, ticketId),
    deliveriesOf(tx, ids),
    imageTrustOf(tx, ids),
  ]);
  const messages = page.map(({ bodyHtml, bodyText, quotedHtml, ...row }) => ({
    ...row,
    ...inlineOf({ html: bodyHtml, text: bodyText, isMail: row.channel === 'mail' }),
    images: trust.get(row.id) ?? { sender: '', isTrusted: false },
    quoted: quotedOf(quotedHtml),
    files: files.filter(({ message }) => message === row.id),
    deliveries: deliveries.filter(({ message }) => message === row.id),
  }));
  return { messages, hasEarlier: rows.length > pageLength };
}

/** All files of a ticket that the reader may see, on a message or by themselves, newest first. */
export function filesOf({ sql }: Tx, ticketId: string): Promise<Attachment[]> {
  return sql<Attachment[]>`
    select
      f.id, f.message_id as message, f.name, f.mime, f.size, f.visibility, f.created_at as at,
      jsonb_build_object(
        'kind', case when a.id is not null then 'member' when c.id is not null then 'contact' else 'system' end,
        'id', coalesce(a.id, c.id),
        'name', coalesce(a.name, c.name, '')
      ) as author
    from lotse.files f
    left join lotse.messages m on m.id = f.message_id
    left join lotse.members a on a.id = coalesce(f.uploaded_by_member_id, m.author_member_id)
    left join lotse.contacts c on c.id = coalesce(f.uploaded_by_contact_id, m.author_contact_id)
    where f.ticket_id = ${ticketId}
      and m.withdrawn_at is null
    order by f.created_at desc, f.id
    limit ${mostFiles}
  `;
}

/** What became of the mails that told customers of these messages. The customers themselves see none of it. */
async function deliveriesOf({ sql, actor }: Tx, messageIds: string[]): Promise<Delivery[]> {
  if (actor.kind !== 'member' || messageIds.length === 0) return [];
  return sql<Delivery[]>`
    select
      o.id, coalesce(o.ticket_message_id, s.message_id) as message, o.kind, o.to_address as to, o.state, o.response,
      coalesce(o.sent_at, o.created_at) as at, o.attempts, o.next_attempt_at as next, o.delayed_since as since,
      o.repeated_at is not null as is_repeated, o.reported_late_at as late
    from lotse.outgoing_mails o
    left join lotse.consultations s on s.id = o.consultation_id
    -- Each by an index of its own; with "or" over both tables all mails would be looked at.
    where o.id in (
      select m.id from lotse.outgoing_mails m where m.ticket_message_id = any (${messageIds}::uuid[])
      union all
      select m.id
      from lotse.consultations c
      join lotse.outgoing_mails m on m.consultation_id = c.id
      where c.message_id = any (${messageIds}::uuid[])
    )
    order by o.created_at, o.id
  `;
}
