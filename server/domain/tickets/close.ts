import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { isEnded } from '#lib/shared/ticket.ts';
import type { Act } from '../act.ts';
import { post } from '../messages.ts';
import * as outgoing from '../outgoing.ts';
import { refusalOf, stateOf } from './state.ts';

const words = {
  kind: 'message' as const,
  visibility: 'public' as const,
  files: [],
  occasion: 'message' as const,
  defer: false,
  history: true,
};

/** Close and inform: the closing words become the last public message, one mail tells the customers, with the public history. */
export async function close(act: Act, { ticket, inform, text, history }: Command<'ticket.close'>) {
  const state = await stateOf(act, ticket);
  if (isEnded(state.status)) return;
  const informs = inform && state.visibility === 'public';
  const said = text ? await post(act, { ...words, ticket, html: text }, { mails: false }) : null;
  const closed = await act.sql`
    update lotse.tickets set status = 'closed' where id = ${ticket} and closed_at is null returning id
  `;
  if (closed.length === 0) {
    // Somebody else was first: the customers are told once.
    if (!said && isEnded((await stateOf(act, ticket)).status)) return;
    throw await refusalOf(act, ticket);
  }
  act.record({ type: 'ticket.closed', ticket, data: { informed: informs }, customer: {} });
  if (informs)
    await outgoing.queueForCustomers(act, { kind: 'closing', ticket, message: said?.message ?? null, history });
}

export async function reopen(act: Act, { ticket }: Command<'ticket.reopen'>) {
  const state = await stateOf(act, ticket);
  if (!isEnded(state.status)) return;
  const status = state.responsibleMemberId ? 'in_progress' : 'open';
  const reopened = await act.sql`
    update lotse.tickets set status = ${status} where id = ${ticket} and closed_at is not null returning id
  `;
  if (reopened.length === 0) {
    if (!isEnded((await stateOf(act, ticket)).status)) return;
    throw new AppError('ticket.forbidden');
  }
  act.record({ type: 'ticket.reopened', ticket, data: { from: state.status }, customer: { status } });
}
