import type { Actor } from '#server/database/actor.ts';
import { act, type Act } from './act.ts';

type Look = { workspaceId: string; memberId: string; ticketId: string };

/**
 * A member opened a ticket. A look changes nothing and leaves no event.
 * @returns who hears of the ticket, or null when this member may not see it
 */
export async function look(seen: Look): Promise<string[] | null> {
  const { workspaceId, memberId, ticketId } = seen;
  const actor: Actor = { kind: 'member', workspaceId, memberId };
  const { result } = await act(actor, async (one) => {
    const [ticket] = await one.sql<{ audience: string[] }[]>`select audience from lotse.tickets where id = ${ticketId}`;
    if (!ticket) return null;
    await keep(one, seen);
    return ticket.audience;
  });
  return result;
}

/** For the history, once in ten minutes. Two tabs that open it at once, or a look and how far was read, are one look. */
export function keep({ system }: Pick<Act, 'system'>, { workspaceId, memberId, ticketId }: Look): Promise<void> {
  return system(async (sql) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('view:' || ${ticketId}::text || ${memberId}::text, 0))`;
    await sql`
      insert into lotse.ticket_views (workspace_id, ticket_id, member_id)
      select ${workspaceId}, ${ticketId}, ${memberId}
      where not exists (
        select from lotse.ticket_views v
        where v.workspace_id = ${workspaceId}
          and v.ticket_id = ${ticketId}
          and v.member_id = ${memberId}
          and v.viewed_at > now() - interval '10 minutes'
      )
    `;
  });
}
