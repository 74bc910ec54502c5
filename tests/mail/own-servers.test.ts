import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { accounts } from '#server/domain/settings/accounts.ts';
import { createTicket, refusal, run } from '../support/cast.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';
import { until } from '../support/until.ts';

let desk: OutboxDesk;
let server: SMTPServer;
let password = 'geheim';
let tries = 0;
const delivered: string[] = [];
let account: string;

beforeAll(async () => {
  desk = await startOutboxDesk();
  server = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onAuth(auth, _session, done) {
      tries++;
      if (auth.username === 'service' && auth.password === password) done(null, { user: 'service' });
      else done(Object.assign(new Error('wrong password'), { responseCode: 535 }));
    },
    onData(stream, session, done) {
      delivered.push(session.envelope.rcptTo[0]?.address ?? '');
      stream.resume().once('end', () => done());
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const [row] = await desk.db.owner<{ id: string }[]>`select id from lotse.mail_accounts`;
  account = row?.id ?? '';
  await run(desk.cast.ada, 'account.change', {
    account,
    smtpHost: '127.0.0.1',
    smtpPort: (server.server.address() as AddressInfo).port,
    smtpSecurity: 'none',
    smtpUser: 'service',
    smtpPassword: password,
  });
});
afterEach(() => desk.rest());
afterAll(async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await desk.stop();
});

const setting = async () => (await asMember(desk.cast.ada, accounts)).find(({ id }) => id === account);

test('an account with a server of its own sends by it, and its password lies sealed', async () => {
  const message = await desk.say(await createTicket(desk.cast), '<p>Über den eigenen</p>');
  desk.start();
  await desk.becomes(message, 'sent');
  expect(delivered).toEqual(['petra.weber@example.org']);
  expect(desk.sink.delivered).toEqual([]);
  const [row] = await desk.db.owner<{ smtpPassword: string }[]>`select smtp_password from lotse.mail_accounts`;
  expect(row?.smtpPassword).toMatch(/^sealed1\./);
  expect(JSON.stringify(await setting())).not.toMatch(/geheim|sealed1|smtpPassword/);
});

test('whoever sends the password elsewhere types it again', async () => {
  expect(await refusal(desk.cast.ada, 'account.change', { account, smtpHost: 'evil.example' })).toBe(
    'account.passwordNeeded',
  );
});

test('a refused account rests as a whole and says so; its mails wait without counting tries, and go once it is mended', async () => {
  password = 'geändert';
  tries = 0;
  const ticket = await createTicket(desk.cast);
  const first = await desk.say(ticket, '<p>Eins</p>');
  desk.start();
  await until(async () => (await setting())?.smtpError.includes('535'));
  const second = await desk.say(ticket, '<p>Zwei</p>');
  await until(
    async () => (await desk.row(first)).response.includes('535') && (await desk.row(first)).state === 'queued',
  );
  await desk.hurry(first);
  const other = await run(desk.cast.ada, 'member.invite', { name: 'Nora', email: 'nora@example.org', role: 'member' });
  expect(other.seq).toBeGreaterThan(0);
  // The others go on meanwhile.
  await desk.sink.next(({ to }) => to[0] === 'nora@example.org');
  expect(await desk.row(first)).toMatchObject({ state: 'queued', attempts: 0 });
  expect(await desk.row(second)).toMatchObject({ state: 'queued', attempts: 0 });
  expect(tries).toBe(1);
  await run(desk.cast.ada, 'account.change', { account, smtpPassword: password });
  expect(await setting()).toMatchObject({ smtpError: '', smtpRestsUntil: null });
  await desk.hurry(first);
  await desk.hurry(second);
  await desk.becomes(first, 'sent');
  await desk.becomes(second, 'sent');
});

test('no more leaves in a minute than the provider takes', async () => {
  delivered.length = 0;
  await run(desk.cast.ada, 'account.change', { account, smtpPerMinute: 4 });
  const messages: string[] = [];
  for (let i = 0; i < 6; i++) messages.push(await desk.say(await createTicket(desk.cast), `<p>Nummer ${i}</p>`));
  desk.start();
  await until(async () => (await setting())?.smtpRestsUntil);
  await until(() => Promise.resolve(delivered.length > 0));
  expect(delivered.length).toBe(1);
  const left = await Promise.all(messages.map((message) => desk.row(message)));
  expect(left.filter(({ state, attempts }) => state === 'queued' && attempts === 0)).toHaveLength(5);
  // A quarter of a minute later it is the next one's turn.
  await desk.db.owner`
    update lotse.mail_accounts
    set smtp_turn_at = smtp_turn_at - interval '16 seconds', smtp_rests_until = smtp_rests_until - interval '16 seconds'
  `;
  desk.poke();
  await until(() => Promise.resolve(delivered.length > 1));
  expect(delivered.length).toBe(2);
});
