import { asSystem } from '#server/database/actor.ts';
import type { Act } from '../act.ts';
import type { Due } from './queue.ts';

/** More in an hour are left out: who gets sixty looks at the board anyway. */
const mostAnHour = 60;

/**
 * Tells the address of a new ticket's pool, or of its main pool. Never one of the desk's own addresses, with or without a plus:
 * the notice would come back as a ticket.
 */
export async function queueNotice(act: Act, ticket: string): Promise<void> {
  const queued = await act.system(
    (sql) => sql<{ id: string }[]>`
    insert into lotse.outgoing_mails (workspace_id, kind, ticket_id, language, to_address)
    select t.workspace_id, 'notice', t.id, w.language, a.address
    from lotse.tickets t
    join lotse.workspaces w on w.id = t.workspace_id
    join lotse.pools p on p.id = t.pool_id
    left join lotse.pools main on main.id = p.parent_id
    cross join lateral (select coalesce(p.notification_address, main.notification_address) as address) a
    where t.id = ${ticket}
      and t.status <> 'draft'
      and a.address is not null
      and not exists (
        select from lotse.mail_accounts m where m.address = regexp_replace(a.address, '\\+[^@]*@', '@')
      )
      and (
        select count(*)
        from lotse.outgoing_mails o
        where o.kind = 'notice' and o.to_address = a.address and o.created_at > now() - interval '1 hour'
      ) < ${mostAnHour}
    returning id
  `,
  );
  for (const { id } of queued) {
    act.record({ type: 'mail.queued', ticket, data: { mail: id, message: null, state: 'queued' } });
  }
}

export type Notice = {
  company: string;
  accent: string;
  slug: string;
  number: number;
  subject: string;
  pool: string;
  customer: string;
};

/** For the team: it names the ticket and leads to the desk, where everybody sees what he may. */
export async function noticeFor(due: Due): Promise<Notice | null> {
  const [notice] = await asSystem(
    due.workspaceId,
    ({ sql }) => sql<Notice[]>`
    select w.name as company, w.accent, w.slug, t.number, t.subject, p.name as pool, coalesce(c.name, '') as customer
    from lotse.tickets t
    join lotse.workspaces w on w.id = t.workspace_id
    join lotse.pools p on p.id = t.pool_id
    left join lotse.contacts c on c.id = t.requester_id
    where t.id = ${due.ticketId}
  `,
  );
  return notice ?? null;
}
