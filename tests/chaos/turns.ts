import type { Sql } from '#server/database/pool.ts';

export type Turn = { ticket: string; type: string; by: string | null; to: string | null };

/** Who was responsible for each ticket, one after the other, as the ledger has it. */
export async function wrongTurns(owner: Sql, workspaceId: string): Promise<string[]> {
  const turns = await owner<Turn[]>`
    select ticket_id as ticket, type, actor_member_id as by, payload #>> '{data,to,member}' as to
    from lotse.events
    where workspace_id = ${workspaceId}
      and class = 'staff'
      and type in ('ticket.claimed', 'ticket.assigned', 'ticket.released', 'ticket.moved')
    order by seq
  `;
  return [...Map.groupBy(turns, ({ ticket }) => ticket)].flatMap(([ticket, its]) => doubleClaims(ticket, its));
}

/** Nobody claims what is somebody's: between two who have it lies a release, a move or a handing over. */
export function doubleClaims(ticket: string, turns: Turn[]): string[] {
  const wrong: string[] = [];
  let holder: string | null = null;
  for (const { type, by, to } of turns) {
    if (type === 'ticket.claimed' && holder) wrong.push(`${ticket} was ${holder}'s when ${by ?? 'nobody'} claimed it`);
    if (type === 'ticket.claimed') holder = by;
    else if (type === 'ticket.assigned') holder = to;
    else holder = null;
  }
  return wrong;
}
