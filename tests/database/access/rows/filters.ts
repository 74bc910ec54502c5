import { randomUUID } from 'node:crypto';
import type { Sql } from '#server/database/pool.ts';
import { homes, plant, type Fixtures } from '../rows.ts';
import type { World } from '../world.ts';

/** Filters, and what somebody wants to know of one before it goes live. */
export async function filterRows(world: World, owner: Sql): Promise<Fixtures> {
  const { ada, mona, zoe } = world.cast;
  const conditions = owner.json([{ field: 'subject', is: 'contains', value: 'x', header: '', not: false }]);
  const filterOf = (workspaceId: string) => ({
    workspaceId,
    name: 'Regel',
    conditions,
    actions: owner.json([{ do: 'ignore' }]),
  });
  const sides = homes(world).map((home) => ({ ...home, filter: randomUUID() }));
  const trials = [
    { name: 'own', member: ada, own: ['administrator'] },
    { name: 'of a moderator', member: mona, own: [] },
    { name: 'foreign', member: zoe, own: ['administrator of another workspace'] },
  ].map((each) => ({ ...each, id: randomUUID(), workspaceId: each.member.workspaceId }));
  await plant(owner, async (sql) => {
    for (const { workspaceId, filter } of sides)
      await sql`insert into lotse.filters ${sql({ ...filterOf(workspaceId), id: filter })}`;
    for (const { id, workspaceId, member } of trials)
      await sql`insert into lotse.filter_trials ${sql({ id, workspaceId, memberId: member.memberId, joins: 'all', conditions })}`;
  });
  return {
    filters: {
      set: `name = 'Anders'`,
      rows: sides.map(({ name, workspaceId, filter }) => ({ name, workspaceId, where: { id: filter } })),
      attempts: () => sides.map(({ name, workspaceId }) => ({ name, workspaceId, values: filterOf(workspaceId) })),
    },
    filter_trials: {
      set: `state = 'done'`,
      rows: trials.map(({ name, workspaceId, id, own }) => ({ name, workspaceId, own, where: { id } })),
      attempts: () =>
        trials.map(({ name, workspaceId, member, own }) => ({
          name,
          workspaceId,
          own,
          values: { id: randomUUID(), workspaceId, memberId: member.memberId, joins: 'all', conditions },
        })),
    },
  };
}
