import { expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { ownOutgoing, ownTroubled } from '#server/domain/outbox/own.ts';
import { createTicket, refusal, run, type Member } from '../support/cast.ts';
import { useWorkspace } from '../support/workspace.ts';

/* An agent's own outgoing mails: what he caused, and what his tickets caused. */

const desk = useWorkspace();

const words = { kind: 'message' as const, visibility: 'public' as const, html: '<p>Wir kommen.</p>' };

/** A message of Ben's on a ticket of his, with its mail in some state. */
async function say(state: string, row: Record<string, unknown> = {}) {
  const { cast, db } = desk;
  const ticket = await createTicket(cast, { member: cast.ben.memberId });
  const { message = '' } = (await run(cast.ben, 'message.post', { ticket, ...words })).result;
  const [mail] = await db.owner<{ id: string }[]>`
    update lotse.outgoing_mails set ${db.owner({ state, ...row })} where ticket_message_id = ${message} returning id
  `;
  return { ticket, message, mail: mail?.id ?? '' };
}

const ids = async (member: Member, show: 'open' | 'sent' = 'open') =>
  (await asMember(member, (tx) => ownOutgoing(tx, show))).map(({ id }) => id);

const stateOf = async (mail: string) =>
  (
    await desk.db.owner<{ state: string; attempts: number; isDue: boolean }[]>`
    select state, attempts, next_attempt_at <= now() as is_due from lotse.outgoing_mails where id = ${mail}
  `
  )[0];

test('lists what is under way or went wrong, for its writer and for whoever the ticket is with, and nobody else', async () => {
  const { cast } = desk;
  const { ticket, mail } = await say('failed', { response: '550 no such user' });
  const sent = await say('sent');
  expect(await ids(cast.ben)).toContain(mail);
  expect(await ids(cast.ben)).not.toContain(sent.mail);
  expect(await ids(cast.ben, 'sent')).toContain(sent.mail);
  expect(await asMember(cast.ben, ownTroubled)).toBeGreaterThan(0);
  // An administrator sees the ticket, but it is not his.
  expect(await ids(cast.ada)).not.toContain(mail);
  await run(cast.mona, 'ticket.assign', { ticket, member: cast.gus.memberId });
  expect(await ids(cast.gus)).toContain(mail);
});

test('who does not see the ticket any more does not see its mail either, though he wrote it', async () => {
  const { cast } = desk;
  const { ticket, mail } = await say('failed');
  await run(cast.mona, 'ticket.assign', { ticket, member: cast.gus.memberId });
  await run(cast.mona, 'ticket.move', { ticket, pool: cast.lift });
  expect(await ids(cast.ben)).not.toContain(mail);
  for (const command of ['outgoing.retry', 'outgoing.cancel', 'outgoing.note'] as const)
    expect(await refusal(cast.ben, command, { outgoing: mail })).toBe('outgoing.notFound');
});

test('who sees a ticket and may not work on it decides nothing about its mail', async () => {
  const { cast } = desk;
  const { ticket, mail } = await say('failed');
  await run(cast.mona, 'ticket.assign', { ticket, member: cast.gus.memberId });
  await run(cast.ada, 'pool.change', { pool: cast.heating, claimBeforeWork: true });
  const [seen] = await asMember(cast.ben, (tx) => ownOutgoing(tx, 'open'));
  expect(seen).toMatchObject({ id: mail, mayWork: false });
  for (const command of ['outgoing.retry', 'outgoing.cancel', 'outgoing.note'] as const)
    expect(await refusal(cast.ben, command, { outgoing: mail })).toBe('outgoing.notFound');
  await run(cast.ada, 'pool.change', { pool: cast.heating, claimBeforeWork: false });
});

test('what a server keeps waiting is tried at once, and keeps its tries; what waits for its moment is not hurried', async () => {
  const { cast } = desk;
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const { mail } = await say('queued', { attempts: 3, nextAttemptAt: later, delayedSince: new Date().toISOString() });
  await run(cast.ben, 'outgoing.retry', { outgoing: mail });
  expect(await stateOf(mail)).toEqual({ state: 'queued', attempts: 3, isDue: true });
  const fresh = await say('queued', { attempts: 0, nextAttemptAt: later });
  expect(await refusal(cast.ben, 'outgoing.retry', { outgoing: fresh.mail })).toBe('outgoing.notFound');
});

test('a mail is stopped while its text has not begun to leave', async () => {
  const { cast } = desk;
  const { mail } = await say('queued', { attempts: 2 });
  await run(cast.ben, 'outgoing.cancel', { outgoing: mail });
  expect(await stateOf(mail)).toMatchObject({ state: 'cancelled' });
  const offered = await say('sending', { offeredAt: new Date().toISOString() });
  expect(await refusal(cast.ben, 'outgoing.cancel', { outgoing: offered.mail })).toBe('message.left');
});

test('what was seen leaves the list, and its message says as before what became of it', async () => {
  const { cast } = desk;
  const { mail } = await say('bounced');
  await run(cast.ben, 'outgoing.note', { outgoing: mail });
  expect(await ids(cast.ben)).not.toContain(mail);
  expect(await stateOf(mail)).toMatchObject({ state: 'bounced' });
  // Sent again, it is asked about again.
  await run(cast.ben, 'outgoing.retry', { outgoing: mail });
  expect(await ids(cast.ben)).toContain(mail);
});

test('what may be taken back says so to its writer alone', async () => {
  const { cast } = desk;
  await run(cast.ada, 'workspace.change', { undoSeconds: 30 });
  const { ticket, mail } = await say('queued');
  await run(cast.ada, 'workspace.change', { undoSeconds: 0 });
  const found = async (member: Member) =>
    (await asMember(member, (tx) => ownOutgoing(tx, 'open'))).find(({ id }) => id === mail);
  expect(await found(cast.ben)).toMatchObject({ isReturnable: true });
  await run(cast.mona, 'ticket.assign', { ticket, member: cast.gus.memberId });
  expect(await found(cast.gus)).toMatchObject({ isReturnable: false });
});
