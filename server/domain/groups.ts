import { randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Act } from './act.ts';
import { rooms } from './events.ts';
import { named } from './patch.ts';
import { demandAdministrator } from './roles.ts';

export async function create(act: Act, { name }: Command<'group.create'>) {
  const group = randomUUID();
  await act.sql`insert into lotse.groups (id, workspace_id, name) values (${group}, ${act.actor.workspaceId}, ${name})`;
  act.record({ type: 'group.created', data: { group }, audience: [rooms.staff] });
  return { group };
}

/** An archived group keeps what it is responsible for, and gets nothing more. */
export async function change(act: Act, { group, name, isArchived }: Command<'group.change'>) {
  const archivedAt = isArchived === undefined ? undefined : isArchived ? new Date().toISOString() : null;
  const row = named({ name, archivedAt });
  if (Object.keys(row).length === 0) return;
  const changed = await act.sql`update lotse.groups set ${act.sql(row)} where id = ${group} returning id`;
  if (changed.length === 0) throw new AppError('group.notFound');
  act.record({ type: 'group.changed', data: { group, fields: Object.keys(row) }, audience: [rooms.staff] });
}

export async function setMember(act: Act, { group, member, isMember }: Command<'group.setMember'>) {
  await demandAdministrator(act);
  const changed = isMember
    ? await act.sql`
        insert into lotse.group_members (workspace_id, group_id, member_id)
        values (${act.actor.workspaceId}, ${group}, ${member})
        on conflict do nothing
        returning member_id
      `
    : await act.sql`
        delete from lotse.group_members where group_id = ${group} and member_id = ${member} returning member_id
      `;
  if (changed.length === 0) return;
  act.record({ type: 'group.changed', data: { group, fields: ['members'] }, audience: [rooms.staff] });
  act.record({ type: 'access.changed', data: { reason: 'group', group }, audience: [rooms.member(member)] });
}
