import { expect, test } from 'vitest';
import { createTicket, linkFor, refusal, run } from '../../support/cast.ts';
import { useWorkspace } from '../../support/workspace.ts';
import { asLink } from '#server/database/actor.ts';

const desk = useWorkspace();

async function statusOf(id: string): Promise<string> {
  const [row] = await desk.db.owner<{ status: string }[]>`select status from lotse.tickets where id = ${id}`;
  return row?.status ?? '';
}

test('who may only read a ticket changes nothing on it', async () => {
  const { ben, mona } = desk.cast;
  const ticket = await createTicket(desk.cast, { member: mona.memberId });
  expect(await refusal(ben, 'ticket.change', { ticket, subject: 'Meins' })).toBe('ticket.forbidden');
  expect(await refusal(ben, 'ticket.setStatus', { ticket, status: 'done' })).toBe('ticket.forbidden');
  expect(await refusal(ben, 'ticket.setVisibility', { ticket, visibility: 'internal' })).toBe('ticket.forbidden');
  expect(await refusal(ben, 'ticket.close', { ticket, inform: false })).toBe('ticket.forbidden');
  expect(await refusal(ben, 'ticket.support', { ticket, member: ben.memberId })).toBe('forbidden');
});

test('where a pool asks for no claim, everybody with access works', async () => {
  const { ada, ben, cleo } = desk.cast;
  const pool = (await run(ada, 'pool.create', { name: 'Offen', claimBeforeWork: false })).result['pool'] ?? '';
  await run(ada, 'pool.setAccess', { pool, member: ben.memberId, allowed: true });
  const ticket = await createTicket(desk.cast, { pool });
  await run(ben, 'ticket.change', { ticket, subject: 'Unseres' });
  expect(await refusal(cleo, 'ticket.change', { ticket, subject: 'Meins' })).toBe('ticket.notFound');
});

test('the ledger keeps that subject and requester changed, and no personal text', async () => {
  const { ada, weber } = desk.cast;
  const ticket = await createTicket(desk.cast, { requester: null });
  await run(ada, 'ticket.change', { ticket, subject: 'Frau Weber friert', requester: weber, priority: 'high' });
  const events = await desk.db.owner`select payload::text as payload from lotse.events where ticket_id = ${ticket}`;
  expect(events.length).toBeGreaterThan(1);
  for (const event of events) expect(event['payload']).not.toMatch(/friert|Petra/);
});

test('nobody’s ticket is open and somebody’s is not, whoever sets what', async () => {
  const { ada, ben } = desk.cast;
  const ticket = await createTicket(desk.cast);
  expect(await refusal(ada, 'ticket.setStatus', { ticket, status: 'assigned' })).toBe('ticket.needsResponsible');
  await run(ben, 'ticket.claim', { ticket });
  await run(ben, 'ticket.setStatus', { ticket, status: 'open' });
  expect(await statusOf(ticket)).toBe('assigned');
});

test('an internal ticket is gone for its customer at once, and is back when it is public again', async () => {
  const { ada } = desk.cast;
  const ticket = await createTicket(desk.cast);
  const link = await linkFor(desk.cast, ticket);
  const seen = () => asLink(link, ({ sql }) => sql`select id from lotse.tickets`);
  expect(await seen()).toHaveLength(1);
  await run(ada, 'ticket.setVisibility', { ticket, visibility: 'internal' });
  expect(await seen()).toHaveLength(0);
  const message = { ticket, kind: 'message', visibility: 'public', html: '<p>Hallo?</p>' } as const;
  expect(await refusal(link, 'message.post', message)).not.toBeNull();
  await run(ada, 'ticket.setVisibility', { ticket, visibility: 'public' });
  expect(await seen()).toHaveLength(1);
});

test('what happens on an internal ticket never becomes a customer’s event', async () => {
  const { ada, ben } = desk.cast;
  const ticket = await createTicket(desk.cast, { visibility: 'internal' });
  await run(ben, 'ticket.claim', { ticket });
  await run(ben, 'message.post', { ticket, kind: 'message', visibility: 'public', html: '<p>Noch nicht</p>' });
  await run(ben, 'ticket.close', { ticket, inform: true });
  await run(ada, 'ticket.reopen', { ticket });
  const events = await desk.db.owner`select type from lotse.events where ticket_id = ${ticket} and class = 'customer'`;
  expect(events).toEqual([]);
  const mails = await desk.db.owner`select id from lotse.outgoing_mails where ticket_id = ${ticket}`;
  expect(mails).toEqual([]);
});

test('only the end ends, and only reopening begins again', async () => {
  const { ben } = desk.cast;
  const ticket = await createTicket(desk.cast, { member: ben.memberId });
  await run(ben, 'ticket.close', { ticket, inform: false });
  expect(await refusal(ben, 'ticket.setStatus', { ticket, status: 'in_progress' })).toBe('ticket.closed');
  expect((await run(ben, 'ticket.close', { ticket, inform: true })).seq).toBe(0);
  await run(ben, 'ticket.reopen', { ticket });
  expect(await statusOf(ticket)).toBe('in_progress');
  expect((await run(ben, 'ticket.reopen', { ticket })).seq).toBe(0);
});

test('a supporter sees and works wherever the ticket lies, until he is let go', async () => {
  const { ben, cleo } = desk.cast;
  const ticket = await createTicket(desk.cast, { member: ben.memberId });
  expect(await refusal(cleo, 'ticket.change', { ticket, subject: 'Ich auch' })).toBe('ticket.notFound');
  await run(ben, 'ticket.support', { ticket, member: cleo.memberId });
  await run(cleo, 'ticket.change', { ticket, subject: 'Ich auch' });
  expect(await refusal(cleo, 'ticket.assign', { ticket, member: cleo.memberId })).toBe('ticket.forbidden');
  await run(cleo, 'ticket.unsupport', { ticket, member: cleo.memberId });
  expect(await refusal(cleo, 'ticket.change', { ticket, subject: 'Noch da' })).toBe('ticket.notFound');
});

test('who only reads a ticket lets no supporter go', async () => {
  const { ben, mona, cleo } = desk.cast;
  const ticket = await createTicket(desk.cast, { member: mona.memberId });
  await run(mona, 'ticket.support', { ticket, member: cleo.memberId });
  expect(await refusal(ben, 'ticket.unsupport', { ticket, member: cleo.memberId })).toBe('ticket.forbidden');
});
