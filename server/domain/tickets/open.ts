import type { Card } from '#lib/shared/board.ts';
import type { Customer, OpenTicket } from '#lib/shared/opened.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Tx } from '#server/database/actor.ts';
import { list } from './list.ts';
import { teamOf } from './team.ts';

type Row = Omit<OpenTicket, 'card' | 'customers' | 'others' | 'team' | 'note'> & Card & { generation: number };

/** A ticket by its number, with all that stands beside its conversation. Not seen looks like not there. */
export async function open(tx: Tx, number: number): Promise<OpenTicket> {
  const [row] = await tx.sql<Row[]>`
    select
      t.id, t.number, t.pool_id as pool, t.status, t.visibility, t.priority, t.channel, t.tags, t.requester_id as requester,
      t.responsible_member_id as member, t.responsible_group_id as group, t.owner_ids as owners, t.due_at as due,
      private.deferral(t.deferred_until) as deferred,
      t.created_at as created, t.waiting_since as waiting, t.last_customer_at as last_customer, t.last_message_at as last_message,
      t.subject, coalesce(c.name, '') as customer, t.description, w.mails_messages, t.kind, t.closed_at,
      case when m.id is not null then jsonb_build_object('id', m.id, 'name', m.name) end as created_by,
      jsonb_build_object(
        'work', private.may_work(t.id),
        'handOver', private.may_hand_over(t.id),
        'claim', t.responsible_member_id is null and t.closed_at is null
          and (t.pool_id = any (private.pools()) or t.responsible_group_id = any (private.groups()))
      ) as may,
      coalesce(n.generation, 1) as generation,
      coalesce(
        (
          select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name) order by s.name)
          from lotse.ticket_owners o
          join lotse.members s on s.id = o.member_id
          where o.ticket_id = t.id and o.role = 'supporter'
        ),
        '[]'
      ) as supporters
    from lotse.tickets t
    left join lotse.contacts c on c.id = t.requester_id
    left join lotse.members m on m.id = t.created_by_member_id
    join lotse.workspaces w on w.id = t.workspace_id
    left join lotse.notes n on n.ticket_id = t.id
    where t.number = ${number}
  `;
  if (!row) throw new AppError('ticket.notFound');
  const { description, kind, closedAt, createdBy, mailsMessages, may, generation, supporters, ...card } = row;
  const [customers, others, team] = await Promise.all([
    customersOf(tx, card.id),
    card.requester ? list(tx, { requester: card.requester, except: card.id, most: 5 }) : [],
    teamOf(tx),
  ]);
  return {
    card,
    description,
    kind,
    closedAt,
    createdBy,
    mailsMessages,
    may,
    supporters,
    customers,
    others,
    note: { generation },
    team,
  };
}

function customersOf({ sql }: Tx, ticketId: string): Promise<Customer[]> {
  return sql<Customer[]>`
    select
      c.id, c.salutation, c.title, c.name, c.phone, c.language, c.remark, coalesce(o.name, '') as organisation,
      tc.verified as is_verified,
      coalesce(
        (
          select jsonb_agg(a.address order by a.is_primary desc, a.created_at)
          from lotse.contact_addresses a
          where a.contact_id = c.id
        ),
        '[]'
      ) as addresses,
      case
        when l.id is not null
        then jsonb_build_object('id', l.id, 'expiresAt', private.iso(l.expires_at), 'revokedAt', private.iso(l.revoked_at))
      end as link
    from lotse.ticket_customers tc
    join lotse.contacts c on c.id = tc.contact_id
    left join lotse.organisations o on o.id = c.organisation_id
    left join lotse.ticket_links l on l.ticket_id = tc.ticket_id and l.contact_id = tc.contact_id
    where tc.ticket_id = ${ticketId}
    order by tc.created_at, c.id
    limit 50
  `;
}
