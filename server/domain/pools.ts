import { randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { between } from '#lib/shared/rank.ts';
import type { Act } from './act.ts';
import { rooms } from './events.ts';
import { named } from './patch.ts';
import { demandAdministrator } from './roles.ts';

/** A new pool at the end of the board. Nobody but moderators sees its tickets until access is granted. */
export async function create(act: Act, input: Command<'pool.create'>) {
  const pool = randomUUID();
  const [last] = await act.sql<{ position: string | null }[]>`select max(position) as position from lotse.pools`;
  const row = {
    id: pool,
    workspaceId: act.actor.workspaceId,
    position: between(last?.position ?? null, null),
    name: input.name,
    ...columns(input),
  };
  await act.sql`insert into lotse.pools ${act.sql(named(row))}`;
  act.record({ type: 'pool.created', data: { pool }, audience: [rooms.staff] });
  // Moderators' screens learn their rights anew, so that they join the new pool's room.
  act.record({ type: 'access.changed', data: { reason: 'pool', pool }, audience: [rooms.moderators] });
  return { pool };
}

type Columns = Omit<Command<'pool.change'>, 'pool' | 'name'>;

function columns({ parent, isPublic, claimBeforeWork, notificationAddress, group }: Columns) {
  return { parentId: parent, isPublic, claimBeforeWork, notificationAddress, groupId: group };
}

export async function change(act: Act, { pool, name, ...input }: Command<'pool.change'>) {
  const row = named({ name, ...columns(input) });
  const fields = Object.keys(row);
  if (fields.length === 0) return;
  await update(act, pool, row);
  act.record({ type: 'pool.changed', data: { pool, fields }, audience: [rooms.staff] });
  // A sub pool inherits the access of its main one.
  if (input.parent !== undefined) {
    act.record({ type: 'access.changed', data: { reason: 'pool', pool }, audience: [rooms.staff] });
  }
}

async function update(act: Act, pool: string, row: Record<string, unknown>): Promise<void> {
  const changed = await act.sql`update lotse.pools set ${act.sql(row)} where id = ${pool} returning id`;
  if (changed.length === 0) throw new AppError('pool.notFound');
}

/** Puts a pool behind another on the board; behind null means first. */
export async function place(act: Act, { pool, after }: Command<'pool.place'>) {
  const [gap] = await act.sql<{ before: string | null; next: string | null }[]>`
    with before as (select position from lotse.pools where id = ${after})
    select
      (select position from before) as before,
      (
        select min(p.position)
        from lotse.pools p
        where p.id <> ${pool} and p.position > coalesce((select position from before), '')
      ) as next
  `;
  if (after && !gap?.before) throw new AppError('pool.notFound');
  await update(act, pool, { position: between(gap?.before ?? null, gap?.next ?? null) });
  act.record({ type: 'pool.changed', data: { pool, fields: ['position'] }, audience: [rooms.staff] });
}

/** An archived pool leaves the board's choice of targets; the tickets in it stay where they are. */
export async function archive(act: Act, { pool, isArchived }: Command<'pool.archive'>) {
  await update(act, pool, { archivedAt: isArchived ? new Date().toISOString() : null });
  act.record({ type: 'pool.archived', data: { pool }, audience: [rooms.staff] });
}

const ticketsAtOnce = 500;

/** Deletes an unused pool, or one whose tickets go to another first. More than 500 are refused: events commit in bounded bulk. */
export async function remove(act: Act, { pool, moveTicketsTo }: Command<'pool.delete'>) {
  await demandAdministrator(act);
  const tickets = await act.sql<{ id: string }[]>`
    select id from lotse.tickets where pool_id = ${pool} limit ${ticketsAtOnce + 1}
  `;
  if (tickets.length > ticketsAtOnce) throw new AppError('pool.tooFull', { most: ticketsAtOnce });
  if (tickets.length > 0 && (!moveTicketsTo || moveTicketsTo === pool)) throw new AppError('pool.inUse');
  if (moveTicketsTo) await moveAll(act, { pool, to: moveTicketsTo, tickets });
  const removed = await act.sql`delete from lotse.pools where id = ${pool} returning id`;
  if (removed.length === 0) throw new AppError('pool.notFound');
  act.record({ type: 'pool.deleted', data: { pool }, audience: [rooms.staff] });
}

type MoveAll = { pool: string; to: string; tickets: { id: string }[] };

/** Unlike a move by hand, who is responsible stays so: the team changed its categories, not its work. */
async function moveAll(act: Act, { pool, to, tickets }: MoveAll): Promise<void> {
  const [target] = await act.sql`select id from lotse.pools where id = ${to} and archived_at is null`;
  if (!target) throw new AppError('pool.notFound');
  await act.system(
    (sql) => sql`
    update lotse.tickets set pool_id = ${to} where id = any (${tickets.map((ticket) => ticket.id)}::uuid[])
  `,
  );
  for (const { id } of tickets) act.record({ type: 'ticket.moved', ticket: id, data: { from: pool, to } });
}

/** Who may look into a pool and claim from it. Takes effect at once on open screens. */
export async function setAccess(act: Act, { pool, member, group, allowed }: Command<'pool.setAccess'>) {
  if ((member === null) === (group === null)) throw new AppError('bad.input', { field: 'member' });
  await demandAdministrator(act);
  const changed = allowed
    ? await act.sql`
        insert into lotse.pool_access (workspace_id, pool_id, member_id, group_id)
        values (${act.actor.workspaceId}, ${pool}, ${member}, ${group})
        on conflict do nothing
        returning id
      `
    : await act.sql`
        delete from lotse.pool_access
        where pool_id = ${pool} and member_id is not distinct from ${member} and group_id is not distinct from ${group}
        returning id
      `;
  if (changed.length === 0) return;
  act.record({ type: 'pool.changed', data: { pool, fields: ['access'] }, audience: [rooms.staff] });
  const affected = member ? rooms.member(member) : rooms.group(group ?? '');
  act.record({ type: 'access.changed', data: { reason: 'pool', pool }, audience: [affected] });
}
