import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Act } from '../act.ts';
import { rooms } from '../events.ts';
import * as views from '../views.ts';
import { stateOf } from './state.ts';

/** A supporter sees the ticket wherever it lies and may work on it. */
export async function support(act: Act, { ticket, member }: Command<'ticket.support'>) {
  await stateOf(act, ticket);
  const added = await act.sql`
    insert into lotse.ticket_owners (workspace_id, ticket_id, member_id, role)
    values (${act.actor.workspaceId}, ${ticket}, ${member}, 'supporter')
    on conflict do nothing
    returning member_id
  `;
  if (added.length > 0) act.record({ type: 'ticket.supported', ticket, data: { member } });
}

export async function unsupport(act: Act, { ticket, member }: Command<'ticket.unsupport'>) {
  await stateOf(act, ticket);
  const removed = await act.sql`
    delete from lotse.ticket_owners
    where ticket_id = ${ticket} and member_id = ${member} and role = 'supporter'
    returning member_id
  `;
  if (removed.length > 0) return act.record({ type: 'ticket.unsupported', ticket, data: { member } });
  const [known] = await act.sql<{ supports: boolean }[]>`
    select exists (
      select from lotse.ticket_owners o where o.ticket_id = ${ticket} and o.member_id = m.id and o.role = 'supporter'
    ) as supports
    from lotse.members m
    where m.id = ${member}
  `;
  if (!known) throw new AppError('member.notFound');
  if (known.supports) throw new AppError('ticket.forbidden');
}

/** How far the actor has read: clears the unread dot on all his screens. Never goes back. The history keeps that he looked. */
export async function read(act: Act, { ticket, at }: Command<'ticket.read'>) {
  const { workspaceId, memberId, isNew } = await readUntil(act, { ticket, at });
  await views.keep(act, { workspaceId, memberId, ticketId: ticket });
  if (isNew) tellRead(act, { ticket, at, memberId });
}

/** The same without a look: a rule of his own says that he need not. */
export async function markRead(act: Act, { ticket, at }: Command<'ticket.read'>) {
  const { memberId, isNew } = await readUntil(act, { ticket, at });
  if (isNew) tellRead(act, { ticket, at, memberId });
}

async function readUntil(act: Act, { ticket, at }: Command<'ticket.read'>) {
  if (act.actor.kind !== 'member') throw new AppError('forbidden');
  const { workspaceId, memberId } = act.actor;
  const moved = await act.sql`
    insert into lotse.ticket_reads (workspace_id, ticket_id, member_id, read_at)
    values (${workspaceId}, ${ticket}, ${memberId}, ${at})
    on conflict (member_id, ticket_id) do update
    set read_at = excluded.read_at
    where lotse.ticket_reads.read_at < excluded.read_at
    returning read_at
  `;
  return { workspaceId, memberId, isNew: moved.length > 0 };
}

function tellRead(act: Act, { ticket, at, memberId }: Command<'ticket.read'> & { memberId: string }): void {
  act.record({ type: 'ticket.read', ticket, data: { at }, audience: [rooms.member(memberId)] });
}
