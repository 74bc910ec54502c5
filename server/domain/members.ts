import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Act } from './act.ts';
import { rooms } from './events.ts';
import { named } from './patch.ts';

/** Administrators change anybody, a member his own name and language. The last administrator cannot step down. */
export async function change(act: Act, { member, isActive, ...input }: Command<'member.change'>) {
  const deactivatedAt = isActive === undefined ? undefined : isActive ? null : new Date().toISOString();
  const row = named({ ...input, deactivatedAt });
  const fields = Object.keys(row);
  if (fields.length === 0) return;
  const changed = await act.sql`update lotse.members set ${act.sql(row)} where id = ${member} returning id`;
  if (changed.length === 0) throw new AppError('forbidden');
  act.record({ type: 'member.changed', data: { member, fields }, audience: [rooms.staff] });
  if (fields.includes('role') || fields.includes('deactivatedAt')) {
    act.record({ type: 'access.changed', data: { reason: 'member' }, audience: [rooms.member(member)] });
  }
}
