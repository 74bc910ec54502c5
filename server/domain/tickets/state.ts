import { AppError } from '#lib/shared/errors.ts';
import type { Holder } from '#lib/shared/events.ts';
import { isEnded, type Status, type Visibility } from '#lib/shared/ticket.ts';
import type { Tx } from '#server/database/actor.ts';

export type State = {
  id: string;
  number: number;
  subject: string;
  kind: string;
  poolId: string;
  status: Status;
  visibility: Visibility;
  priority: string;
  tags: string[];
  requesterId: string | null;
  dueAt: string | null;
  deferred: string | null;
  responsibleMemberId: string | null;
  responsibleGroupId: string | null;
};

/** The ticket as the actor sees it, before he does something with it. Not seen looks like not there. */
export async function stateOf(tx: Tx, ticketId: string): Promise<State> {
  const [state] = await tx.sql<State[]>`
    select
      id, number, subject, kind, pool_id, status, visibility, priority, tags, requester_id, due_at,
      private.deferral(deferred_until) as deferred,
      responsible_member_id, responsible_group_id
    from lotse.tickets
    where id = ${ticketId}
  `;
  if (!state) throw new AppError('ticket.notFound');
  return state;
}

/** Why an update met no row, though the ticket is seen: it was ended meanwhile, or is not the actor's to change. */
export async function refusalOf(tx: Tx, ticketId: string): Promise<AppError> {
  const { status } = await stateOf(tx, ticketId);
  return new AppError(isEnded(status) ? 'ticket.closed' : 'ticket.forbidden');
}

export function holderOf(state: State): Holder {
  return { member: state.responsibleMemberId, group: state.responsibleGroupId };
}
