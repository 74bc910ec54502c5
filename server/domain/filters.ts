import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { actions, conditions, type Filter } from '#lib/shared/filters.ts';
import { asSystem, type Tx } from '#server/database/actor.ts';
import type { Act } from './act.ts';
import { rooms } from './events.ts';
import { named } from './patch.ts';

export { ask, finish, nextTrial, trialBytes, trialOf, type Trial, type TrialFound } from './filters/trials.ts';

export type FilterSetting = Filter & { id: string; isActive: boolean };

const most = 100;
const stored = z.object({ conditions, actions });

/** All of the workspace in their order; for administrators. */
export async function filters({ sql }: Tx): Promise<FilterSetting[]> {
  const rows = await sql<FilterSetting[]>`
    select id, name, joins, conditions, actions, stops, is_active from lotse.filters order by position, created_at, id limit ${most}
  `;
  return rows.flatMap(readable);
}

/**
 * Those that are live, as the mail side follows them. What names a pool that is gone by now says nothing: the mail must not fail
 * for it, and goes where it would go otherwise.
 */
export async function activeFilters(workspaceId: string): Promise<Filter[]> {
  const rows = await asSystem(
    workspaceId,
    ({ sql }) => sql<(FilterSetting & { pools: string[] })[]>`
      select id, name, joins, conditions, actions, stops, is_active, array(
        select p.id from lotse.pools p where p.workspace_id = ${workspaceId} and p.archived_at is null
      ) as pools
      from lotse.filters
      where workspace_id = ${workspaceId} and is_active
      order by position, created_at, id
      limit ${most}
    `,
    { readOnly: true },
  );
  return rows.flatMap(({ pools, ...row }) =>
    readable(row).map((filter) => ({
      ...filter,
      actions: filter.actions.filter((each) => each.do !== 'ticket' || pools.includes(each.pool)),
    })),
  );
}

/** One that an older or newer build wrote otherwise is left out rather than guessed at. */
function readable(row: FilterSetting): FilterSetting[] {
  const parsed = stored.safeParse(row);
  return parsed.success ? [{ ...row, ...parsed.data }] : [];
}

export async function create(act: Act, { conditions, actions, ...input }: Command<'filter.create'>) {
  const filter = randomUUID();
  const { sql } = act;
  const [count] = await sql<{ count: number; last: number }[]>`
    select count(*)::int, coalesce(max(position), 0) as last from lotse.filters
  `;
  if ((count?.count ?? 0) >= most) throw new AppError('filter.tooMany');
  const row = { id: filter, workspaceId: act.actor.workspaceId, ...input, position: (count?.last ?? 0) + 1 };
  await sql`
    insert into lotse.filters ${sql({ ...named(row), conditions: sql.json(conditions), actions: sql.json(actions) })}
  `;
  act.record({ type: 'filter.created', data: { filter }, audience: [rooms.moderators] });
  return { filter };
}

export async function change(act: Act, { filter, conditions, actions, ...input }: Command<'filter.change'>) {
  const { sql } = act;
  const row = named({
    ...input,
    conditions: conditions && sql.json(conditions),
    actions: actions && sql.json(actions),
  });
  const fields = Object.keys(row);
  if (fields.length === 0) return;
  const changed = await sql`update lotse.filters set ${sql(row)} where id = ${filter} returning id`;
  if (changed.length === 0) throw new AppError('filter.notFound');
  act.record({ type: 'filter.changed', data: { filter, fields }, audience: [rooms.moderators] });
}

/** Behind another one, or first of all. */
export async function place(act: Act, { filter, after }: Command<'filter.place'>) {
  const all = await filters(act);
  const moved = all.find(({ id }) => id === filter);
  if (!moved || (after !== null && !all.some(({ id }) => id === after))) throw new AppError('filter.notFound');
  const others = all.filter(({ id }) => id !== filter);
  const at = after === null ? 0 : others.findIndex(({ id }) => id === after) + 1;
  const order = others.toSpliced(at, 0, moved).map(({ id }) => id);
  await act.sql`
    update lotse.filters f set position = o.place::int
    from unnest(${order}::uuid[]) with ordinality o (id, place)
    where f.id = o.id
  `;
  act.record({ type: 'filter.changed', data: { filter, fields: ['position'] }, audience: [rooms.moderators] });
}

export async function remove(act: Act, { filter }: Command<'filter.delete'>) {
  const removed = await act.sql`delete from lotse.filters where id = ${filter} returning id`;
  if (removed.length === 0) throw new AppError('filter.notFound');
  act.record({ type: 'filter.deleted', data: { filter }, audience: [rooms.moderators] });
}
