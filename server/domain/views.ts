import type { Actor } from '#server/database/actor.ts';
import { act } from './act.ts';

type Look = { workspaceId: string; memberId: string; ticketId: string };

/**
 * A member opened a ticket: for the history, once in ten minutes. A look changes nothing and leaves no event.
 * @returns who hears of the ticket, or null when this member may not see it
 */
export async function look({ workspaceId, memberId, ticketId }: Look): Promise<string[] | null> {
  const actor: Actor = { kind: 'member', workspaceId, memberId };
  const { result } = await act(actor, async ({ sql, system }) => {
    const [ticket] = await sql<{ audience: string[] }[]>`select audience from lotse.tickets where id = ${ticketId}`;
    if (!ticket) return null;
    await system(async (asSystem) => {
      // Two tabs that open it at once are one look.
      await asSystem`select pg_advisory_xact_lock(hashtextextended('view:' || ${ticketId}::text || ${memberId}::text, 0))`;
      await asSystem`
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
    return ticket.audience;
  });
  return result;
}
