import type { Command } from '#lib/shared/commands.ts';
import type { Act } from '../act.ts';
import { holderOf, stateOf } from './state.ts';

// The verbs that may end the actor's own sight (and the claim, in claim.ts) are definer functions that check first (20261121000620_ticket_verbs.sql):
// a plain update would be refused for a row that its author may no longer see.

/** Back to the pool: nobody is responsible, the ticket is open again. */
export async function release(act: Act, { ticket }: Command<'ticket.release'>) {
  const from = holderOf(await stateOf(act, ticket));
  if (!from.member && !from.group) return;
  const [released] = await act.sql<{ changed: boolean }[]>`select private.release(${ticket}) as changed`;
  if (!released?.changed) return;
  act.record({ type: 'ticket.released', ticket, data: { from }, customer: { status: 'open' } });
}

/** Gives a ticket to a person or a group. */
export async function assign(act: Act, { ticket, member, group }: Command<'ticket.assign'>) {
  const from = holderOf(await stateOf(act, ticket));
  const to = { member, group: member ? null : group };
  if (!to.member && !to.group) return release(act, { ticket });
  if (from.member === to.member && from.group === to.group) return;
  const [assigned] = await act.sql<{ changed: boolean }[]>`
    select private.assign(${ticket}, ${to.member}, ${to.group}) as changed
  `;
  if (!assigned?.changed) return;
  act.record({
    type: 'ticket.assigned',
    ticket,
    data: { from, to },
    customer: { status: to.member ? 'assigned' : 'open' },
  });
}

/** Into another pool, among its unclaimed tickets; into its own pool means back to it. */
export async function move(act: Act, { ticket, pool }: Command<'ticket.move'>) {
  const state = await stateOf(act, ticket);
  if (state.poolId === pool) return release(act, { ticket });
  const [moved] = await act.sql<{ changed: boolean }[]>`select private.move(${ticket}, ${pool}) as changed`;
  if (!moved?.changed) return;
  act.record({ type: 'ticket.moved', ticket, data: { from: state.poolId, to: pool }, customer: { status: 'open' } });
}
