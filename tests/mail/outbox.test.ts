import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { queueSignInMail } from '#server/auth/mails.ts';
import { decide } from '#server/config.ts';
import { asMember } from '#server/database/actor.ts';
import { conversation } from '#server/domain/conversation.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import type { Loop } from '#server/mail/loop.ts';
import { startOutbox } from '#server/mail/outbox.ts';
import { createCast, createTicket, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startSink, type Sink } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';

let db: TestDatabase;
let cast: Cast;
let sink: Sink;
let outbox: Loop | undefined;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  db = await createTestDatabase();
  decide({ FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  cast = await createCast();
  const service = { name: 'Service', address: 'service@nordlicht.example', pool: cast.heating, kind: 'smtp' as const };
  await run(cast.ada, 'account.create', service);
});

beforeEach(async () => {
  sink = await startSink();
  decide({ SMTP_URL: sink.url });
});

afterEach(async () => {
  await outbox?.stop();
  outbox = undefined;
  await sink.stop();
});

afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

const start = () => (outbox = startOutbox());

type Row = {
  id: string;
  state: string;
  attempts: number;
  response: string;
  messageId: string;
  waitMinutes: number;
  bytes: Uint8Array | null;
};

async function row(message: string): Promise<Row> {
  const [found] = await db.owner<Row[]>`
    select id, state, attempts, response, message_id, bytes,
      round(extract(epoch from next_attempt_at - now()) / 60)::int as wait_minutes
    from lotse.outgoing_mails where ticket_message_id = ${message}
  `;
  if (!found) throw new Error('nothing was queued');
  return found;
}

const becomes = (message: string, state: string, attempts = 1) =>
  until(async () => {
    const found = await row(message);
    return found.state === state && found.attempts >= attempts && found;
  });

/** The mail is due now, instead of when its wait is over. */
async function hurry(message: string): Promise<void> {
  await db.owner`
    update lotse.outgoing_mails set next_attempt_at = now(), lease_until = now() - interval '1 second'
    where ticket_message_id = ${message}
  `;
  outbox?.poke();
}

async function say(ticket: string, html: string): Promise<string> {
  const { result } = await run(cast.mona, 'message.post', { ticket, kind: 'message', visibility: 'public', html });
  return result['message'] ?? '';
}

async function deliveries(ticket: string) {
  const { messages } = await asMember(cast.mona, async (tx) => conversation(tx, ticket), { readOnly: true });
  return messages.flatMap((message) => message.deliveries).map(({ state, response }) => ({ state, response }));
}

test('a server that is busy is asked again after growing waits, with the same bytes', async () => {
  sink.answerWith(() => ({ code: 451, text: 'greylisted' }));
  const message = await say(await createTicket(cast), '<p>Wir kommen morgen.</p>');
  start();
  const waits: number[] = [];
  for (const attempt of [1, 2, 3]) {
    waits.push((await becomes(message, 'queued', attempt).then(settled(message))).waitMinutes);
    await hurry(message);
  }
  expect(waits).toEqual([1, 5, 15]);
  const before = await row(message);
  sink.answerWith(() => 'take');
  await until(async () => (await row(message)).response.includes('451') && (await row(message)).state === 'queued');
  await hurry(message);
  expect(await becomes(message, 'sent')).toMatchObject({ response: expect.stringMatching(/^250/) as string });
  expect(sink.delivered).toHaveLength(1);
  expect(sink.delivered[0]?.raw.equals(Buffer.from(before.bytes ?? []))).toBe(true);
});

/** Once the try under way has been recorded. */
const settled = (message: string) => () =>
  until(async () => {
    const found = await row(message);
    return found.response.includes('451') && found.waitMinutes !== 2 && found;
  });

test('a mail that is refused for good has failed, and its message says so', async () => {
  sink.answerWith(() => ({ code: 550, text: 'no such mailbox' }));
  const ticket = await createTicket(cast);
  const message = await say(ticket, '<p>Hallo</p>');
  start();
  await becomes(message, 'failed');
  expect(await deliveries(ticket)).toEqual([{ state: 'failed', response: '550 no such mailbox' }]);
});

test('a mail that may have arrived is never sent again by itself', async () => {
  sink.answerWith(() => 'cut');
  const ticket = await createTicket(cast);
  const message = await say(ticket, '<p>Nur einmal.</p>');
  start();
  await becomes(message, 'unknown');
  expect(await deliveries(ticket)).toMatchObject([{ state: 'unknown' }]);
  sink.answerWith(() => 'take');
  await hurry(message);
  const later = await say(ticket, '<p>Danach.</p>');
  await becomes(later, 'sent');
  expect((await row(message)).state).toBe('unknown');
  expect(sink.delivered.filter(({ raw }) => raw.includes('Nur einmal.'))).toHaveLength(1);
  // A person decides.
  await run(cast.mona, 'outgoing.retry', { outgoing: (await row(message)).id });
  outbox?.poke();
  await becomes(message, 'sent');
  const ids = sink.delivered.filter(({ raw }) => raw.includes('Nur einmal.')).map(({ mail }) => mail.messageId);
  expect(ids).toEqual([ids[0], ids[0]]);
});

test('a relay that refuses us keeps the mails waiting', async () => {
  const guarded = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (_auth, _session, done) => done(Object.assign(new Error('wrong password'), { responseCode: 535 })),
  });
  guarded.on('error', () => undefined);
  const address = await new Promise<ReturnType<typeof guarded.server.address>>((resolve) =>
    guarded.listen(0, '127.0.0.1', () => resolve(guarded.server.address())),
  );
  decide({ SMTP_URL: `smtp://desk:falsch@127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` });
  const message = await say(await createTicket(cast), '<p>Hallo</p>');
  start();
  const waiting = await until(async () => {
    const found = await row(message);
    return found.response !== '' && found;
  });
  expect(waiting).toMatchObject({ state: 'queued', response: expect.stringContaining('535') as string });
  decide({ SMTP_URL: sink.url });
  await hurry(message);
  await becomes(message, 'sent');
  await new Promise<void>((resolve) => guarded.close(() => resolve()));
});

test('what is taken back before it left does not leave', async () => {
  const ticket = await createTicket(cast);
  const message = await say(ticket, '<p>Vertippt</p>');
  await run(cast.mona, 'message.withdraw', { message });
  const next = await say(ticket, '<p>Richtig</p>');
  start();
  await becomes(next, 'sent');
  expect((await row(message)).state).toBe('cancelled');
  expect(sink.delivered.some(({ raw }) => raw.includes('Vertippt'))).toBe(false);
});

test('the mail of a ticket that became internal does not leave, whenever that happens', async () => {
  const ticket = await createTicket(cast);
  const early = await say(ticket, '<p>Früh</p>');
  await run(cast.mona, 'ticket.setVisibility', { ticket, visibility: 'internal' });
  start();
  expect(await becomes(early, 'cancelled', 0)).toMatchObject({ response: 'internal' });
  // Built and refused once: the stored bytes must not go out later.
  const second = await createTicket(cast);
  sink.answerWith(() => ({ code: 451, text: 'greylisted' }));
  const built = await say(second, '<p>Gebaut</p>');
  await becomes(built, 'queued').then(settled(built));
  await run(cast.mona, 'ticket.setVisibility', { ticket: second, visibility: 'internal' });
  sink.answerWith(() => 'take');
  await hurry(built);
  await becomes(built, 'cancelled');
  await outbox?.stop();
  // Between taking the row and handing it over.
  const third = await createTicket(cast);
  const taken = await say(third, '<p>Genommen</p>');
  const due = await outgoing.next();
  await run(cast.mona, 'ticket.setVisibility', { ticket: third, visibility: 'internal' });
  expect(await outgoing.markSending(due?.id ?? '')).toBe(false);
  expect((await row(taken)).state).toBe('queued');
  expect(sink.delivered).toEqual([]);
});

test('one message is one mail to an address, however often it is queued', async () => {
  const ticket = await createTicket(cast);
  const message = await say(ticket, '<p>Einmal</p>');
  const { act } = await import('#server/domain/act.ts');
  await act({ kind: 'system', workspaceId: cast.workspaceId }, (tx) =>
    outgoing.queueForCustomers(tx, { kind: 'message', ticket, message }),
  );
  const [count] = await db.owner`
    select count(*)::int from lotse.outgoing_mails where ticket_message_id = ${message}
  `;
  expect(count).toEqual({ count: 1 });
  await expect(
    db.owner`
      insert into lotse.outgoing_mails (workspace_id, kind, ticket_id, ticket_message_id, to_address)
      values (${cast.workspaceId}, 'message', ${ticket}, ${message}, 'petra.weber@example.org')
    `,
  ).rejects.toThrow(/outgoing_mails_once/);
});

test('each customer reads his own language, and what hangs together is threaded', async () => {
  const german = await createTicket(cast);
  const english = await createTicket(cast, { requester: cast.smith, subject: 'Lift stuck' });
  const first = await say(german, '<p>Erstens</p>');
  start();
  await becomes(first, 'sent');
  const second = await say(german, '<p>Zweitens</p>');
  await run(cast.mona, 'message.post', {
    ticket: german,
    kind: 'comment',
    visibility: 'internal',
    html: '<p>geheime Notiz</p>',
  });
  await becomes(second, 'sent');
  await run(cast.mona, 'ticket.close', { ticket: german, text: '<p>Erledigt.</p>' });
  await say(english, '<p>Soon</p>');
  const closing = await sink.next(({ raw }) => raw.includes('Erledigt.'));
  const toSmith = await sink.next(({ raw }) => raw.includes('Soon'));
  const [one, two] = ['Erstens', 'Zweitens'].map((word) => sink.delivered.find(({ raw }) => raw.includes(word))?.mail);
  expect(one?.text).toContain('Guten Tag Frau Weber');
  expect(toSmith.mail.text).toContain('Dear John Smith');
  expect(two?.inReplyTo).toBe(one?.messageId);
  expect(two?.references).toContain(one?.messageId);
  expect([one?.references].flat()[0]).toBe([two?.references].flat()[0]);
  expect(one?.messageId).toBe(`<${(await row(first)).messageId}>`);
  for (const { mail, raw } of [...sink.delivered, closing]) {
    expect(raw.toString()).not.toContain('geheime');
    expect(`${mail.html || ''}${mail.text ?? ''}`).not.toContain('geheime Notiz');
  }
});

test('a stranger’s subject and id do not get into the customer’s mails', async () => {
  const ticket = await createTicket(cast);
  const [stranger] = await db.owner<{ id: string }[]>`
    insert into lotse.contacts (workspace_id, name) values (${cast.workspaceId}, 'Eve') returning id
  `;
  await db.owner`
    with said as (
      insert into lotse.messages (workspace_id, ticket_id, kind, visibility, author_contact_id, channel, verified)
      values (${cast.workspaceId}, ${ticket}, 'message', 'public', ${stranger?.id ?? ''}, 'mail', false) returning id
    )
    insert into lotse.mails (workspace_id, account_id, sha256, size, state, message_id, subject, ticket_id, ticket_message_id)
    select ${cast.workspaceId}, a.id, ${'0'.repeat(64)}, 1, 'filed', 'evil@attacker.example', 'Zahlen Sie sofort', ${ticket}, said.id
    from said, lotse.mail_accounts a
  `;
  await say(ticket, '<p>Antwort</p>');
  start();
  const { raw } = await sink.next(() => true);
  expect(raw.toString()).not.toMatch(/Zahlen Sie sofort|attacker\.example/);
});

test('without a relay a sign-in mail is held, and its link is told to who runs the desk', async () => {
  delete process.env['SMTP_URL'];
  decide({});
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const link = 'https://desk.example.org/login/confirm?token_hash=abc';
  await queueSignInMail({ kind: 'magicLink', to: 'mona.reis@nordlicht.example', name: 'Mona', language: 'de', link });
  start();
  await until(async () => {
    const [mail] = await db.owner<{ state: string }[]>`
      select state from lotse.outgoing_mails where kind = 'magicLink' and workspace_id is null
    `;
    return mail?.state === 'held';
  });
  expect(told.mock.calls.flat().join('')).toContain(link);
  told.mockRestore();
});
