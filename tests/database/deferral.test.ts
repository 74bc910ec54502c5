import { expect, test } from 'vitest';
import type { Card } from '#lib/shared/board.ts';
import { act } from '#server/domain/act.ts';
import { snapshot } from '#server/domain/board.ts';
import { receive } from '#server/domain/messages/receive.ts';
import { resumeDue } from '#server/domain/tickets/resume.ts';
import { createTicket, linkFor, refusal, run } from '../support/cast.ts';
import { useWorkspace } from '../support/workspace.ts';

const desk = useWorkspace();

const mine = () => createTicket(desk.cast, { member: desk.cast.ben.memberId });

async function cardOf(ticket: string): Promise<Card> {
  const card = (await snapshot(desk.cast.mona)).cards.find(({ id }) => id === ticket);
  if (!card) throw new Error('the board does not show it');
  return card;
}

async function ask(ticket: string, defer = true) {
  const words = { ticket, kind: 'message' as const, visibility: 'public' as const, html: '<p>Welche Wohnung?</p>' };
  return run(desk.cast.ben, 'message.post', { ...words, occasion: 'question', defer });
}

const byMail = (ticket: string, change: Partial<Parameters<typeof receive>[1]> = {}) =>
  act({ kind: 'system', workspaceId: desk.cast.workspaceId }, (tx) =>
    receive(tx, {
      ticket,
      contact: desk.cast.weber,
      html: '<p>Die linke.</p>',
      text: 'Die linke.',
      quotedHtml: '',
      isAutomatic: false,
      isVerified: true,
      files: [],
      ...change,
    }),
  );

test('a question is mailed as one, logged as one, and puts the ticket aside until a customer answers', async () => {
  const ticket = await mine();
  const { result } = await ask(ticket);
  const [mail] = await desk.db.owner`
    select o.kind, m.occasion from lotse.outgoing_mails o join lotse.messages m on m.id = o.ticket_message_id
    where m.id = ${result['message'] ?? ''}
  `;
  expect(mail).toEqual({ kind: 'question', occasion: 'question' });
  expect(await cardOf(ticket)).toMatchObject({ deferred: 'answer', priority: 'normal' });
});

test('a customer’s answer by mail ends the deferral, gives the highest priority and is unread', async () => {
  const ticket = await mine();
  await ask(ticket);
  await byMail(ticket);
  const card = await cardOf(ticket);
  expect(card).toMatchObject({ deferred: null, priority: 'urgent' });
  expect(card.lastCustomer).not.toBeNull();
  const [event] = await desk.db.owner<{ kind: string; data: unknown }[]>`
    select actor_kind as kind, payload -> 'data' as data from lotse.events
    where ticket_id = ${ticket} and type = 'ticket.answered' and class = 'staff'
  `;
  expect(event).toEqual({
    kind: 'contact',
    data: {
      fields: ['priority', 'deferred'],
      before: { priority: 'normal', deferred: 'answer' },
      after: { priority: 'urgent', deferred: null },
    },
  });
});

test.each([
  ['an automatic answer', { isAutomatic: true }],
  ['a stranger’s mail', { isVerified: false }],
])('%s changes neither', async (_, change) => {
  const ticket = await mine();
  await ask(ticket);
  await byMail(ticket, change);
  expect(await cardOf(ticket)).toMatchObject({ deferred: 'answer', priority: 'normal' });
});

test('in live chat an answer ends the deferral, and calls nobody while an agent has the ticket open', async () => {
  const [attended, alone] = [await mine(), await mine()];
  for (const ticket of [attended, alone]) {
    await ask(ticket);
    const link = await linkFor(desk.cast, ticket);
    const words = { ticket, kind: 'message' as const, visibility: 'public' as const, html: '<p>Die linke.</p>' };
    await run({ ...link, isAttended: ticket === attended }, 'message.post', words);
  }
  expect(await cardOf(attended)).toMatchObject({ deferred: null, priority: 'normal' });
  expect(await cardOf(alone)).toMatchObject({ deferred: null, priority: 'urgent' });
});

test('a customer who was not answered yet does not become the most urgent by writing again', async () => {
  const ticket = await mine();
  await byMail(ticket);
  await byMail(ticket);
  expect(await cardOf(ticket)).toMatchObject({ priority: 'normal' });
});

test('a ticket is deferred to a day, and comes back on it', async () => {
  const ticket = await mine();
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  await run(desk.cast.ben, 'ticket.change', { ticket, deferred: tomorrow });
  expect((await cardOf(ticket)).deferred).toBe(tomorrow);
  await resumeDue();
  expect((await cardOf(ticket)).deferred).toBe(tomorrow);
  await desk.db.owner`update lotse.tickets set deferred_until = now() - interval '1 second' where id = ${ticket}`;
  await resumeDue();
  expect((await cardOf(ticket)).deferred).toBeNull();
});

test('only who may work on it defers a ticket, and an ended one waits for nobody', async () => {
  const ticket = await mine();
  expect(await refusal(desk.cast.gus, 'ticket.change', { ticket, deferred: 'answer' })).toBe('ticket.notFound');
  const other = await createTicket(desk.cast, { member: desk.cast.mona.memberId });
  expect(await refusal(desk.cast.ben, 'ticket.change', { ticket: other, deferred: 'answer' })).toBe('ticket.forbidden');
  await ask(ticket);
  await run(desk.cast.ben, 'ticket.close', { ticket, inform: false });
  const [row] = await desk.db.owner`select deferred_until from lotse.tickets where id = ${ticket}`;
  expect(row).toEqual({ deferredUntil: null });
});
