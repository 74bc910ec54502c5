import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { asLink, asMember } from '#server/database/actor.ts';
import { conversation } from '#server/domain/conversation.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { page } from '#server/domain/page.ts';
import { createTicket, linkFor, refusal, run } from '../support/cast.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';
import { until } from '../support/until.ts';

let desk: OutboxDesk;

beforeAll(async () => {
  desk = await startOutboxDesk();
});
beforeEach(() => run(desk.cast.ada, 'workspace.change', { undoSeconds: 30 }));
afterEach(() => desk.rest());
afterAll(() => desk.stop());

const read = (ticket: string) => asMember(desk.cast.mona, (tx) => conversation(tx, ticket), { readOnly: true });

test('a message taken back while its mail waits was never there, and its words and files come back', async () => {
  const ticket = await createTicket(desk.cast);
  const [asked] = await desk.db.owner<{ at: string }[]>`
    with said as (
      insert into lotse.messages (workspace_id, ticket_id, kind, visibility, author_contact_id, channel, body_text)
      values (${desk.cast.workspaceId}, ${ticket}, 'message', 'public', ${desk.cast.weber}, 'mail', 'Kalt') returning occurred_at
    )
    update lotse.tickets set waiting_since = said.occurred_at from said where id = ${ticket} returning said.occurred_at as at
  `;
  const file = { ticket, visibility: 'internal' as const, name: 'plan.pdf', mime: 'application/pdf', size: 3 };
  const stored = { ...file, sha256: 'a'.repeat(64), storageKey: 'aa/plan' };
  const loose = (await run(desk.cast.mona, 'file.add', stored)).result['file'] ?? '';
  const said = { ticket, kind: 'message' as const, visibility: 'public' as const, html: '<p>Falsch</p>' };
  const message = (await run(desk.cast.mona, 'message.post', { ...said, files: [loose] })).result['message'] ?? '';
  const row = async () => {
    const [found] = await desk.db.owner`
      select waiting_since, first_answered_at from lotse.tickets where id = ${ticket}
    `;
    return found;
  };
  expect(await row()).toMatchObject({ waitingSince: null, firstAnsweredAt: expect.any(String) as string });
  desk.start();
  expect((await read(ticket)).messages.at(-1)?.deliveries).toMatchObject([{ state: 'queued', attempts: 0 }]);
  expect((await desk.row(message)).state).toBe('queued');
  const { result } = await run(desk.cast.mona, 'message.takeBack', { message });
  expect(result).toEqual({
    html: '<p>Falsch</p>',
    files: [{ id: loose, name: 'plan.pdf', size: 3, type: 'application/pdf' }],
  });
  expect((await read(ticket)).messages.map(({ id }) => id)).not.toContain(message);
  expect(await row()).toEqual({ waitingSince: asked?.at, firstAnsweredAt: null });
  expect((await desk.row(message)).state).toBe('cancelled');
  // The files may be sent with the next words.
  await run(desk.cast.mona, 'message.post', { ...said, html: '<p>Richtig</p>', files: [loose] });
  expect(desk.sink.delivered).toEqual([]);
});

test('until it cannot be taken back any more the customer is neither shown nor told of it', async () => {
  const ticket = await createTicket(desk.cast);
  const link = await linkFor(desk.cast, ticket);
  const shown = async () => {
    const { conversation: said, files } = await asLink(link, (tx) => page(tx, ticket), { readOnly: true });
    return [...said.messages.map(({ id }) => id), ...said.messages.flatMap((each) => each.files), ...files];
  };
  const told = () => desk.db.owner<{ type: string; message: string }[]>`
    select type, payload #>> '{data,message}' as message from lotse.events where ticket_id = ${ticket} and class = 'customer'
  `;
  const file = { ticket, visibility: 'internal' as const, name: 'plan.pdf', mime: 'application/pdf', size: 3 };
  const stored = { ...file, sha256: 'b'.repeat(64), storageKey: 'bb/plan' };
  const loose = (await run(desk.cast.mona, 'file.add', stored)).result['file'] ?? '';
  const said = { ticket, kind: 'message' as const, visibility: 'public' as const };
  await run(desk.cast.mona, 'message.post', { ...said, html: '<p>Später</p>', files: [loose] });
  const words = { ...said, html: '<p>Doch nicht</p>' };
  const withdrawn = (await run(desk.cast.mona, 'message.post', words)).result['message'] ?? '';
  await run(desk.cast.mona, 'message.withdraw', { message: withdrawn });
  expect((await read(ticket)).messages).toHaveLength(2);
  await outgoing.showDue();
  expect(await shown()).toEqual([]);
  expect(await told()).not.toContainEqual(expect.objectContaining({ type: 'message.posted' }));
  const [late] = await desk.db.owner<{ id: string }[]>`
    update lotse.messages set shown_at = now() - interval '1 second'
    where ticket_id = ${ticket} and withdrawn_at is null returning id
  `;
  // Nothing else changes a withdrawn message; here its moment comes sooner.
  await desk.db.owner.begin(async (sql) => {
    await sql`alter table lotse.messages disable trigger messages_guard`;
    await sql`update lotse.messages set shown_at = now() where id = ${withdrawn}`;
    await sql`alter table lotse.messages enable trigger messages_guard`;
  });
  desk.start();
  const posted = { type: 'message.posted', message: late?.id };
  await until(async () => (await told()).some(({ message }) => message === late?.id));
  expect((await told()).filter(({ type }) => type === 'message.posted')).toEqual([posted]);
  expect(await shown()).toEqual([late?.id, expect.objectContaining({ name: 'plan.pdf' })]);
  // Its mail waits still, but he may have read it.
  expect(await refusal(desk.cast.mona, 'message.takeBack', { message: late?.id ?? '' })).toBe('message.left');
});

test('what is said anew or withdrawn before it is shown is the team’s alone as well', async () => {
  const ticket = await createTicket(desk.cast);
  await linkFor(desk.cast, ticket);
  const message = await desk.say(ticket, '<p>Erst so</p>');
  await run(desk.cast.mona, 'message.edit', { message, html: '<p>Dann so</p>' });
  await run(desk.cast.mona, 'message.withdraw', { message });
  const told = await desk.db.owner`
    select type from lotse.events where ticket_id = ${ticket} and class = 'customer' and type like 'message.%'
  `;
  expect(told).toEqual([]);
});

test('a clock that is put back by hours keeps no message from its customer and its mail from leaving', async () => {
  const ticket = await createTicket(desk.cast);
  const link = await linkFor(desk.cast, ticket);
  const message = await desk.say(ticket, '<p>Um fünf</p>');
  await desk.db.owner`update lotse.messages set shown_at = shown_at + interval '6 hours' where id = ${message}`;
  await desk.db.owner`
    update lotse.outgoing_mails set next_attempt_at = next_attempt_at + interval '6 hours' where ticket_message_id = ${message}
  `;
  desk.start();
  await desk.becomes(message, 'sent');
  const { conversation: said } = await asLink(link, (tx) => page(tx, ticket), { readOnly: true });
  expect(said.messages).toMatchObject([{ id: message }]);
  await until(async () => {
    const [row] = await desk.db.owner`select from lotse.messages where id = ${message} and is_told`;
    return row;
  });
  expect(await refusal(desk.cast.mona, 'message.takeBack', { message })).toBe('message.left');
});

test('trouble in one workspace keeps the customers of no other waiting', async () => {
  const { zoe } = desk.cast;
  const pool = (await run(zoe, 'pool.create', { name: 'Eingang' })).result['pool'] ?? '';
  const theirs = (await run(zoe, 'ticket.create', { subject: 'Drucker', pool })).result['ticket'] ?? '';
  const tickets = [await createTicket(desk.cast), theirs];
  const said = await desk.db.owner<{ id: string; workspaceId: string }[]>`
    insert into lotse.messages (workspace_id, ticket_id, kind, visibility, body_text, shown_at, is_told)
    select workspace_id, id, 'message', 'public', 'Guten Tag', now(), false from lotse.tickets where id = any (${tickets}::uuid[])
    returning id, workspace_id
  `;
  const [bad, good] = said.sort((a, b) => a.workspaceId.localeCompare(b.workspaceId));
  await desk.db.owner.unsafe(`
    create function public.fail() returns trigger language plpgsql as $$ begin raise exception 'trouble'; end $$;
    create trigger trouble before update on lotse.messages for each row when (old.id = '${bad?.id}') execute function public.fail();
  `);
  await expect(outgoing.showDue()).rejects.toThrow('trouble');
  await desk.db.owner`drop trigger trouble on lotse.messages`;
  const told = await desk.db
    .owner`select id from lotse.messages where id = any (${said.map(({ id }) => id)}::uuid[]) and is_told`;
  expect(told).toEqual([{ id: good?.id }]);
});

test('what nobody gets by mail is shown at once', async () => {
  const ticket = await createTicket(desk.cast);
  const link = await linkFor(desk.cast, ticket);
  await run(desk.cast.ada, 'workspace.change', { mailsMessages: false });
  const message = await desk.say(ticket, '<p>Nur auf der Seite</p>');
  await run(desk.cast.ada, 'workspace.change', { mailsMessages: true });
  const { conversation: said } = await asLink(link, (tx) => page(tx, ticket), { readOnly: true });
  expect(said.messages).toMatchObject([{ id: message }]);
});

test('what has begun to leave, or is somebody else’s, cannot be taken back', async () => {
  const message = await desk.say(await createTicket(desk.cast), '<p>Unterwegs</p>');
  expect(await refusal(desk.cast.ada, 'message.takeBack', { message })).toBe('message.notFound');
  await desk.hurry(message);
  const [due] = await outgoing.take({ most: 1 });
  if (!due) throw new Error('nothing was due');
  await outgoing.offer([due]);
  expect(await refusal(desk.cast.mona, 'message.takeBack', { message })).toBe('message.left');
  await desk.db.owner`update lotse.outgoing_mails set state = 'sent' where ticket_message_id = ${message}`;
  expect(await refusal(desk.cast.mona, 'message.takeBack', { message })).toBe('message.left');
});

test('taken back while a server is being talked to, its text does not leave', async () => {
  const message = await desk.say(await createTicket(desk.cast), '<p>Gerade noch</p>');
  await desk.hurry(message);
  const [due] = await outgoing.take({ most: 1 });
  if (!due) throw new Error('nothing was due');
  await run(desk.cast.mona, 'message.takeBack', { message });
  expect(await outgoing.offer([due])).toEqual(new Set());
});

test('the mail waits as long as the workspace says', async () => {
  await run(desk.cast.ada, 'workspace.change', { undoSeconds: 0 });
  const message = await desk.say(await createTicket(desk.cast), '<p>Sofort</p>');
  desk.start();
  await desk.becomes(message, 'sent');
  expect(await refusal(desk.cast.ada, 'workspace.change', { undoSeconds: 31 })).toBe('bad.input');
});
