import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { isEnded } from '#lib/shared/ticket.ts';
import type { Act } from '../act.ts';
import { refusalOf, stateOf } from './state.ts';

/** Changes the fields that were named. Subject and requester are personal text: the ledger keeps that they changed, not what to. */
export async function change(act: Act, { ticket, ...wanted }: Command<'ticket.change'>) {
  const state = await stateOf(act, ticket);
  const next = {
    subject: wanted.subject ?? state.subject,
    kind: wanted.kind ?? state.kind,
    priority: wanted.priority ?? state.priority,
    tags: wanted.tags ?? state.tags,
    requesterId: wanted.requester === undefined ? state.requesterId : wanted.requester,
    dueAt: wanted.due === undefined ? state.dueAt : wanted.due,
    deferred: wanted.deferred === undefined ? state.deferred : wanted.deferred,
  };
  const fields = (Object.keys(next) as (keyof typeof next)[]).filter(
    (field) => JSON.stringify(next[field]) !== JSON.stringify(state[field]),
  );
  if (fields.length === 0) return;
  // Only these: two people who change different fields at once do not undo each other's.
  const row = Object.fromEntries(fields.map((field) => columnOf(field, next[field])));
  const changed = await act.sql`update lotse.tickets set ${act.sql(row)} where id = ${ticket} returning id`;
  if (changed.length === 0) throw new AppError('ticket.forbidden');
  const codes = fields.filter((field) => field !== 'subject');
  act.record({
    type: 'ticket.changed',
    ticket,
    data: {
      fields,
      before: Object.fromEntries(codes.map((field) => [field, state[field]])),
      after: Object.fromEntries(codes.map((field) => [field, next[field]])),
    },
    ...(fields.includes('subject') ? { customer: { fields: ['subject'] } } : {}),
  });
}

/** An answer may never come. */
function columnOf(field: string, value: unknown): [string, unknown] {
  return field === 'deferred' ? ['deferredUntil', value === 'answer' ? 'infinity' : value] : [field, value];
}

/** Any status but the ends, which have verbs of their own. */
export async function setStatus(act: Act, { ticket, status }: Command<'ticket.setStatus'>) {
  const state = await stateOf(act, ticket);
  if (state.status === status) return;
  if (isEnded(state.status)) throw new AppError('ticket.closed');
  const [changed] = await act.sql<{ status: string }[]>`
    update lotse.tickets set status = ${status} where id = ${ticket} and closed_at is null returning status
  `;
  if (!changed) throw await refusalOf(act, ticket);
  if (changed.status === state.status) return;
  const type = status === 'closed' ? 'ticket.closed' : 'ticket.statusChanged';
  if (type === 'ticket.closed') act.record({ type, ticket, data: { informed: false }, customer: {} });
  else
    act.record({
      type,
      ticket,
      data: { from: state.status, to: changed.status },
      customer: { status: changed.status },
    });
}

/** Internal tickets reach no customer by any way: his page, his mails and his socket end with this transaction. */
export async function setVisibility(act: Act, { ticket, visibility }: Command<'ticket.setVisibility'>) {
  const state = await stateOf(act, ticket);
  if (state.visibility === visibility) return;
  const changed = await act.sql`
    update lotse.tickets set visibility = ${visibility} where id = ${ticket} and visibility <> ${visibility} returning id
  `;
  if (changed.length === 0) {
    if ((await stateOf(act, ticket)).visibility === visibility) return;
    throw new AppError('ticket.forbidden');
  }
  act.record({
    type: 'ticket.visibilityChanged',
    ticket,
    data: { from: state.visibility, to: visibility },
    customer: {},
  });
}
