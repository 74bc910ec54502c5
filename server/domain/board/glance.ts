import { asMember } from '#server/database/actor.ts';
import { AppError } from '#lib/shared/errors.ts';

export type Glance = {
  description: string;
  last: { text: string; author: string; isCustomer: boolean; visibility: 'internal' | 'public'; at: string } | null;
};

type Row = {
  description: string;
  text: string | null;
  author: string | null;
  isCustomer: boolean;
  visibility: 'internal' | 'public';
  at: string;
};

/** Enough for five lines. */
const glanceLength = 400;

/** The beginning of a ticket and of what was said last, for a glance from the board. @throws ticket.notFound */
export function glance(member: { workspaceId: string; memberId: string }, ticketId: string): Promise<Glance> {
  return asMember(
    member,
    async ({ sql }) => {
      const [row] = await sql<Row[]>`
        select
          left(t.description, ${glanceLength}) as description, left(last.body_text, ${glanceLength}) as text,
          coalesce(m.name, c.name) as author, last.author_contact_id is not null as is_customer,
          last.visibility, last.occurred_at as at
        from lotse.tickets t
        left join lateral (
          select body_text, author_member_id, author_contact_id, visibility, occurred_at
          from lotse.messages
          where ticket_id = t.id and withdrawn_at is null and machine = ''
          order by occurred_at desc, id desc
          limit 1
        ) last on true
        left join lotse.members m on m.id = last.author_member_id
        left join lotse.contacts c on c.id = last.author_contact_id
        where t.id = ${ticketId}
      `;
      if (!row) throw new AppError('ticket.notFound');
      const { description, text, author, isCustomer, visibility, at } = row;
      return { description, last: text === null ? null : { text, author: author ?? '', isCustomer, visibility, at } };
    },
    { readOnly: true },
  );
}
