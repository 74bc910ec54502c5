import { asSystem } from '#server/database/actor.ts';
import { act as perform } from '../act.ts';

type Due = { id: string; workspaceId: string; deferred: string };

/** Tickets whose date has come are planned again. Returns how many. */
export async function resumeDue(): Promise<number> {
  const due = await asSystem(
    null,
    ({ sql }) => sql<Due[]>`
      select id, workspace_id, private.deferral(deferred_until) as deferred
      from lotse.tickets
      where deferred_until <= now()
      order by deferred_until
      limit 500
    `,
    { readOnly: true },
  );
  for (const ticket of due) await resume(ticket);
  return due.length;
}

/** Somebody may have deferred it anew meanwhile. */
async function resume({ id, workspaceId, deferred }: Due): Promise<void> {
  await perform({ kind: 'system', workspaceId }, async (act) => {
    const resumed = await act.sql`
      update lotse.tickets set deferred_until = null where id = ${id} and deferred_until <= now() returning id
    `;
    if (resumed.length === 0) return;
    const data = { fields: ['deferred'], before: { deferred }, after: { deferred: null } };
    act.record({ type: 'ticket.changed', ticket: id, data });
  });
}
