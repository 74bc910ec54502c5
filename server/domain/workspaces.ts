import { randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { asSystem } from '#server/database/actor.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Act } from './act.ts';
import { rooms } from './events.ts';
import { named } from './patch.ts';

export async function change(act: Act, input: Command<'workspace.change'>) {
  const row = named(input);
  const fields = Object.keys(row);
  if (fields.length === 0) return;
  const changed = await act.sql`
    update lotse.workspaces set ${act.sql(row)} where id = ${act.actor.workspaceId} returning id
  `;
  if (changed.length === 0) throw new AppError('forbidden');
  act.record({ type: 'workspace.changed', data: { fields }, audience: [rooms.staff] });
}

export type Founding = {
  workspace: { slug: string; name: string; language: 'de' | 'en' };
  administrator: { userId: string; name: string; email: string; language: 'de' | 'en' };
};

/** The set-up: a workspace, its first administrator and a first pool. The only write without a member, so callers check that it may happen. */
export async function found({
  workspace,
  administrator,
}: Founding): Promise<{ workspaceId: string; memberId: string }> {
  const workspaceId = randomUUID();
  const memberId = randomUUID();
  await asSystem(null, async ({ sql }) => {
    await sql`insert into lotse.workspaces ${sql({ id: workspaceId, ...workspace })}`;
    await sql`insert into lotse.members ${sql({ id: memberId, workspaceId, role: 'administrator', ...administrator })}`;
    const name = workspace.language === 'de' ? 'Allgemein' : 'General';
    await sql`insert into lotse.pools (workspace_id, name, position) values (${workspaceId}, ${name}, 'V')`;
    await sql`
      insert into lotse.events (workspace_id, class, type, actor_kind, audience, payload)
      values (${workspaceId}, 'staff', 'member.joined', 'system', ${[rooms.staff]}, ${sql.json({ data: { member: memberId } })})
    `;
  });
  return { workspaceId, memberId };
}
