import { randomUUID } from 'node:crypto';
import type { Actor } from '#server/database/actor.ts';
import type { Sql } from '#server/database/pool.ts';
import { found } from '#server/domain/workspaces.ts';

/** Small desks beside each other, each with an administrator who may claim all of its tickets. */
export async function addWorkspaces(owner: Sql, { workspaces, tickets }: { workspaces: number; tickets: number }) {
  const made: { member: Actor; tickets: string[] }[] = [];
  for (let i = 1; i <= workspaces; i++) {
    const { workspaceId, memberId } = await found({
      workspace: { slug: `desk-${randomUUID().slice(0, 8)}`, name: `Desk ${i}`, language: 'en' },
      administrator: { userId: randomUUID(), name: `Agent ${i}`, email: `agent${i}@example.org`, language: 'en' },
    });
    const rows = await owner<{ id: string }[]>`
      insert into lotse.tickets (workspace_id, number, subject, pool_id)
      select p.workspace_id, 1000 + i, 'Ticket ' || i, p.id
      from lotse.pools p, generate_series(1, ${tickets}::int) i
      where p.workspace_id = ${workspaceId}
      returning id
    `;
    made.push({ member: { kind: 'member', workspaceId, memberId }, tickets: rows.map(({ id }) => id) });
  }
  return made;
}
