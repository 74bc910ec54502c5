import { randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import type { Act } from '../act.ts';

/** Draws the next number in a short transaction of its own: held through a longer one it would queue all creators. */
export async function drawNumber(workspaceId: string | null): Promise<number> {
  const [row] = await asSystem(
    workspaceId,
    ({ sql }) => sql<{ ticketNumber: number }[]>`
    update lotse.workspace_counters
    set ticket_number = ticket_number + 1
    where workspace_id = ${workspaceId}
    returning ticket_number
  `,
  );
  if (!row) throw new AppError('workspace.notFound');
  return row.ticketNumber;
}

/** A new ticket in a pool, or with a responsible person or group named at once. Returns its id and number. */
export async function create(act: Act, input: Command<'ticket.create'> & { number: number }) {
  const id = input.ticket ?? randomUUID();
  const creator = act.actor.kind === 'member' ? act.actor.memberId : null;
  await act.sql`
    insert into lotse.tickets (
      id, workspace_id, number, subject, description, kind, pool_id, status, visibility, priority, channel, tags,
      requester_id, responsible_member_id, responsible_group_id, created_by_member_id, due_at
    )
    values (
      ${id}, ${act.actor.workspaceId}, ${input.number}, ${input.subject}, ${input.description}, ${input.kind}, ${input.pool},
      ${input.status}, ${input.visibility}, ${input.priority}, ${input.channel}, ${input.tags},
      ${input.requester}, ${input.member}, ${input.group}, ${creator}, ${input.due}
    )
  `;
  act.record({
    type: 'ticket.created',
    ticket: id,
    data: { channel: input.channel },
    customer: {},
    ...(act.actor.kind === 'system' && input.requester ? { contact: input.requester } : {}),
  });
  return { ticket: id, number: input.number };
}
