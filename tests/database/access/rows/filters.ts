import { randomUUID } from 'node:crypto';
import type { Sql } from '#server/database/pool.ts';
import { authors, homes, isMember, plant, type Fixtures } from '../rows.ts';
import type { World } from '../world.ts';

/** Filters, what somebody wants to know of one before it goes live, and what his own did. */
export async function filterRows(world: World, owner: Sql): Promise<Fixtures> {
  const { ada, mona, zoe } = world.cast;
  const conditions = owner.json([{ field: 'subject', is: 'contains', value: 'x', header: '', not: false }]);
  const filterOf = (workspaceId: string, memberId: string | null = null) => ({
    workspaceId,
    memberId,
    name: 'Regel',
    conditions,
    actions: owner.json([memberId === null ? { do: 'ignore' } : { do: 'read' }]),
  });
  const sides = homes(world).map((home) => ({ ...home, filter: randomUUID(), own: randomUUID(), run: randomUUID() }));
  const trials = [
    { name: 'own', member: ada, own: ['administrator'], isMine: false },
    { name: 'own, of an own rule', member: ada, own: ['administrator'], isMine: true },
    { name: 'of a moderator', member: mona, own: ['moderator'], isMine: false },
    { name: 'of a moderator, of an own rule', member: mona, own: ['moderator'], isMine: true },
    { name: 'foreign', member: zoe, own: ['administrator of another workspace'], isMine: false },
  ].map((each) => ({
    ...each,
    id: randomUUID(),
    workspaceId: each.member.workspaceId,
    words: each.isMine ? ['personal'] : [],
  }));
  await plant(owner, async (sql) => {
    for (const { workspaceId, member, filter, own, run } of sides) {
      await sql`insert into lotse.filters ${sql({ ...filterOf(workspaceId), id: filter })}`;
      await sql`insert into lotse.filters ${sql({ ...filterOf(workspaceId, member), id: own })}`;
      const row = { id: run, workspaceId, memberId: member, mailId: randomUUID(), actions: owner.json([]) };
      await sql`insert into lotse.filter_runs ${sql(row)}`;
    }
    for (const { id, workspaceId, member, isMine } of trials)
      await sql`insert into lotse.filter_trials ${sql({ id, workspaceId, memberId: member.memberId, isMine, joins: 'all', conditions })}`;
  });
  await plant(owner, async (sql) => {
    for (const { workspaceId, member } of sides)
      await sql`insert into lotse.image_senders ${sql({ workspaceId, memberId: member, address: 'shop@example.org' })}`;
  });
  return {
    image_senders: {
      set: `created_at = now()`,
      rows: sides.map((side) => ({
        name: side.name,
        workspaceId: side.workspaceId,
        own: isMember(side, world),
        where: { memberId: side.member, address: 'shop@example.org' },
      })),
      attempts: (actor) =>
        sides.flatMap(({ name, workspaceId, member }) =>
          authors(world, actor, member).map(({ memberId, own }) => ({
            name: `${name} by ${memberId}`,
            workspaceId,
            own,
            never: actor === 'administrator out of place' ? ['insert' as const] : [],
            values: { workspaceId, memberId, address: `${randomUUID()}@example.org` },
          })),
        ),
    },
    filters: {
      set: `name = 'Anders'`,
      rows: sides.flatMap((side) => [
        { name: side.name, workspaceId: side.workspaceId, words: ['shared'], where: { id: side.filter } },
        {
          name: `${side.name}, a person's own`,
          workspaceId: side.workspaceId,
          own: isMember(side, world),
          where: { id: side.own },
        },
      ]),
      attempts: (actor) =>
        sides.flatMap(({ name, workspaceId, member }) => [
          { name, workspaceId, words: ['shared'], values: filterOf(workspaceId) },
          ...authors(world, actor, member).map(({ memberId, own }) => ({
            name: `${name} by ${memberId}`,
            workspaceId,
            own,
            never: actor === 'administrator out of place' ? ['insert' as const] : [],
            values: filterOf(workspaceId, memberId),
          })),
        ]),
    },
    filter_runs: {
      set: `state = 'done'`,
      rows: sides.map((side) => ({
        name: side.name,
        workspaceId: side.workspaceId,
        own: isMember(side, world),
        where: { id: side.run },
      })),
      attempts: () =>
        sides.map(({ name, workspaceId, member }) => ({
          name,
          workspaceId,
          // Its mail has to be there, which no rule of this table's is about.
          never: ['insert'],
          values: { workspaceId, memberId: member, mailId: randomUUID(), actions: owner.json([]) },
        })),
    },
    filter_trials: {
      set: `state = 'done'`,
      rows: trials.map(({ name, workspaceId, id, own, words }) => ({ name, workspaceId, own, words, where: { id } })),
      attempts: () =>
        trials.map(({ name, workspaceId, member, own, words, isMine }) => ({
          name,
          workspaceId,
          own,
          words,
          values: { id: randomUUID(), workspaceId, memberId: member.memberId, isMine, joins: 'all', conditions },
        })),
    },
  };
}
