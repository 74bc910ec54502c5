import { randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { isPossible, type Scope } from '#lib/shared/filter-actions.ts';
import type { Act } from './act.ts';
import { rooms } from './events.ts';
import { filters, mostFilters } from './filters/read.ts';
import { named } from './patch.ts';

export { activeFilters, filters, rulesFor, type Rule } from './filters/read.ts';
export { asked, lately, nextRun, type Asked, type FilterRun } from './filters/runs.ts';
export { mark } from './filters/mark.ts';
export { refuse, settleRun } from './filters/settle.ts';
export { ask, trialOf } from './filters/trials.ts';
export { finish, nextTrial, trialBytes, type Trial, type TrialMail } from './filters/trial-work.ts';

export async function create(act: Act, { conditions, actions, isMine, ...input }: Command<'filter.create'>) {
  const filter = randomUUID();
  const { sql } = act;
  const memberId = ownerOf(act, isMine);
  const [count] = await sql<{ count: number; last: number }[]>`
    select count(*)::int, coalesce(max(position), 0) as last
    from lotse.filters
    where member_id is not distinct from ${memberId} and direction = ${input.direction}
  `;
  if ((count?.count ?? 0) >= mostFilters[isMine ? 'mine' : 'team']) throw new AppError('filter.tooMany');
  const row = { id: filter, workspaceId: act.actor.workspaceId, memberId, ...input, position: (count?.last ?? 0) + 1 };
  await sql`
    insert into lotse.filters ${sql({ ...named(row), conditions: sql.json(conditions), actions: sql.json(actions) })}
  `;
  act.record({ type: 'filter.created', data: { filter }, audience: [audienceOf(memberId)] });
  return { filter };
}

function ownerOf({ actor }: Act, isMine: boolean): string | null {
  if (actor.kind !== 'member') throw new AppError('forbidden');
  return isMine ? actor.memberId : null;
}

/** Of a person's own nobody else hears. */
function audienceOf(memberId: string | null): string {
  return memberId === null ? rooms.moderators : rooms.member(memberId);
}

type Known = Scope & { memberId: string | null };

async function known({ sql }: Act, filter: string): Promise<Known> {
  const [row] = await sql<Known[]>`
    select direction, member_id, member_id is not null as is_mine from lotse.filters where id = ${filter}
  `;
  if (!row) throw new AppError('filter.notFound');
  return row;
}

export async function change(act: Act, { filter, conditions, actions, ...input }: Command<'filter.change'>) {
  const { sql } = act;
  const scope = await known(act, filter);
  if (actions && !isPossible(actions, scope)) throw new AppError('bad.input', { field: 'actions' });
  const row = named({
    ...input,
    conditions: conditions && sql.json(conditions),
    actions: actions && sql.json(actions),
  });
  const fields = Object.keys(row);
  if (fields.length === 0) return;
  await sql`update lotse.filters set ${sql(row)} where id = ${filter}`;
  act.record({ type: 'filter.changed', data: { filter, fields }, audience: [audienceOf(scope.memberId)] });
}

/** Behind another one of its kind, or first of all. */
export async function place(act: Act, { filter, after }: Command<'filter.place'>) {
  const scope = await known(act, filter);
  const all = await filters(act, scope);
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
  const data = { filter, fields: ['position'] };
  act.record({ type: 'filter.changed', data, audience: [audienceOf(scope.memberId)] });
}

export async function remove(act: Act, { filter }: Command<'filter.delete'>) {
  const { memberId } = await known(act, filter);
  await act.sql`delete from lotse.filters where id = ${filter}`;
  act.record({ type: 'filter.deleted', data: { filter }, audience: [audienceOf(memberId)] });
}
