import { randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import type { Act } from '../act.ts';
import { queueNotice } from '../outgoing/notice.ts';

/**
 * Draws the next number, the first of `count` in a row, in a short transaction of its own: held through a longer one it would
 * queue all creators.
 */
export async function drawNumber(workspaceId: string | null, count = 1): Promise<number> {
  const [row] = await asSystem(
    workspaceId,
    ({ sql }) => sql<{ ticketNumber: number }[]>`
    update lotse.workspace_counters
    set ticket_number = ticket_number + ${count}
    where workspace_id = ${workspaceId}
    returning ticket_number - ${count} + 1 as ticket_number
  `,
  );
  if (!row) throw new AppError('workspace.notFound');
  return row.ticketNumber;
}

type New = Command<'ticket.create'> & {
  number: number;
  /** A customer's words come with it: it waits for an answer from the first moment. */
  isWaiting?: boolean;
};

/** A new ticket in a pool, or with a responsible person or group named at once. Returns its id and number. */
export async function create(act: Act, input: New) {
  const id = input.ticket ?? randomUUID();
  const creator = act.actor.kind === 'member' ? act.actor.memberId : null;
  const waits = input.isWaiting ?? false;
  await act.sql`
    insert into lotse.tickets (
      id, workspace_id, number, subject, description, kind, pool_id, status, visibility, priority, channel, tags,
      requester_id, responsible_member_id, responsible_group_id, created_by_member_id, due_at
      ${waits ? act.sql`, last_message_at, last_customer_at, waiting_since` : act.sql``}
    )
    values (
      ${id}, ${act.actor.workspaceId}, ${input.number}, ${input.subject}, ${input.description}, ${input.kind}, ${input.pool},
      ${input.status}, ${input.visibility}, ${input.priority}, ${input.channel}, ${input.tags},
      ${input.requester}, ${input.member},
      coalesce(${input.group}::uuid, case when ${input.member}::uuid is null then ${groupInCharge(act, input.pool)} end),
      ${creator}, ${input.due}
      ${waits ? act.sql`, now(), now(), now()` : act.sql``}
    )
  `;
  act.record({
    type: 'ticket.created',
    ticket: id,
    data: { channel: input.channel },
    customer: {},
    ...(act.actor.kind === 'system' && input.requester ? { contact: input.requester } : {}),
  });
  await queueNotice(act, id);
  return { ticket: id, number: input.number };
}

/** The group a pool names, or its main pool, where the workspace wants it to be responsible at once. */
function groupInCharge({ sql }: Act, pool: string) {
  return sql`(
    select g.id
    from lotse.pools p
    join lotse.workspaces w on w.id = p.workspace_id and w.assigns_groups
    left join lotse.pools main on main.id = p.parent_id
    join lotse.groups g on g.id = coalesce(p.group_id, main.group_id) and g.archived_at is null
    where p.id = ${pool}
  )`;
}
