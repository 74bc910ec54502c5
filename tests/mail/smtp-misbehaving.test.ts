import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTicket, run } from '../support/cast.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';
import { startSmtpServer, type FakeSmtp, type Misbehaviour } from '../support/smtp-server.ts';
import { until } from '../support/until.ts';

/* Whatever a server does: no mail is lost, none comes twice but where nobody can tell, and the others go on. */

type Ends = 'sent' | 'queued' | 'failed' | 'unknown';
/** `copies`: how many times its server had the whole text by then. */
type Row = [name: string, how: Misbehaviour, ends: Ends, says: RegExp, copies: 0 | 1];

const honest: Misbehaviour = {};
const tookTooLong = /too long|timeout|never received/i;

const rows: Row[] = [
  ['is honest', honest, 'sent', /^250/, 1],
  ['answers late', { RCPT: { lateMs: 200 }, '.': { lateMs: 200 } }, 'sent', /^250/, 1],
  ['hangs up at once', { greeting: 'cut' }, 'queued', /clos|hang up|ECONNRESET/i, 0],
  ['hangs up at RCPT', { RCPT: 'cut' }, 'queued', /clos|hang up|ECONNRESET/i, 0],
  ['hangs up at DATA', { DATA: 'cut' }, 'queued', /clos|hang up|ECONNRESET/i, 0],
  ['hangs up once it has the text', { '.': 'cut' }, 'unknown', /clos|hang up|ECONNRESET/i, 1],
  ['never greets', { greeting: 'stall' }, 'queued', tookTooLong, 0],
  ['falls asleep at EHLO', { EHLO: 'stall' }, 'queued', tookTooLong, 0],
  ['falls asleep at AUTH', { AUTH: 'stall' }, 'queued', tookTooLong, 0],
  ['falls asleep at MAIL', { MAIL: 'stall' }, 'queued', tookTooLong, 0],
  ['falls asleep at RCPT', { RCPT: 'stall' }, 'queued', tookTooLong, 0],
  ['falls asleep at DATA', { DATA: 'stall' }, 'queued', tookTooLong, 0],
  ['falls asleep over the text', { '.': 'stall' }, 'unknown', tookTooLong, 1],
  ['is busy', { greeting: '421 4.3.2 too many' }, 'queued', /^421/, 0],
  ['greylists', { RCPT: ({ nth }) => (nth === 1 ? '451 4.7.1 greylisted' : undefined) }, 'queued', /^451/, 0],
  ['has a full disk', { '.': '452 4.3.1 disk full' }, 'queued', /^452/, 0],
  ['shuts down over the text', { '.': '421 4.3.2 shutting down' }, 'queued', /^421/, 0],
  ['knows no such person', { RCPT: '550 5.1.1 no such user' }, 'failed', /^550/, 0],
  ['takes it for spam', { '.': '554 5.7.1 spam' }, 'failed', /^554/, 0],
  ['greets like a web server', { greeting: 'HTTP/1.1 400 Bad Request' }, 'queued', /HTTP/, 0],
  ['talks nonsense at EHLO', { EHLO: 'ja bitte?' }, 'queued', /502/, 0],
  ['talks nonsense at MAIL', { MAIL: 'ja bitte?' }, 'queued', /ja bitte/, 0],
  ['talks nonsense at RCPT', { RCPT: 'ja bitte?' }, 'queued', /ja bitte/, 0],
  ['talks nonsense at DATA', { DATA: 'ja bitte?' }, 'queued', /ja bitte/, 0],
  ['talks nonsense over the text', { '.': 'ja bitte?' }, 'unknown', /ja bitte/, 1],
  ['never ends its EHLO', { EHLO: 'babble' }, 'queued', tookTooLong, 0],
  ['never ends its answer to RCPT', { RCPT: 'babble' }, 'queued', tookTooLong, 0],
  ['floods us', { MAIL: 'flood' }, 'queued', /maximum|size/i, 0],
  ['never ends its answer to the text', { '.': 'babble' }, 'unknown', tookTooLong, 1],
];

const impatient = { silentMs: 1_500, openMs: 2_000, askMs: 2_000, wholeMs: 4_000 };

let desk: OutboxDesk;
const servers = new Map<string, { server: FakeSmtp; account: string; ticket: string; message: string }>();
const at = (name: string) => servers.get(name) ?? expect.fail(`no server ${name}`);

/** A pool whose account sends by a server of its own, with a ticket in it. */
async function serverOf(name: string, how: Misbehaviour) {
  const server = await startSmtpServer();
  server.misbehave(how);
  const { ada } = desk.cast;
  const pool = (await run(ada, 'pool.create', { name })).result['pool'] ?? '';
  const smtp = { smtpHost: '127.0.0.1', smtpPort: server.port, smtpSecurity: 'none', smtpUser: 'desk' } as const;
  const address = `box-${servers.size}@nordlicht.example`;
  const created = await run(ada, 'account.create', { name, address, pool, kind: 'smtp', ...smtp, smtpPassword: 'x' });
  const ticket = await createTicket(desk.cast, { pool });
  const message = await desk.say(ticket, `<p>${name}</p>`);
  servers.set(name, { server, account: created.result['account'] ?? '', ticket, message });
}

/** All at once, by one outbox: each server keeps only its own mails waiting. */
beforeAll(async () => {
  desk = await startOutboxDesk();
  for (const [name, how] of rows) await serverOf(name, how);
  desk.start(impatient);
  await until(async () => {
    const left = await desk.db.owner`
      select from lotse.outgoing_mails where state = 'sending' or (state = 'queued' and response = '')
    `;
    return left.length === 0;
  });
  await desk.pause();
}, 60_000);

afterAll(async () => {
  for (const { server } of servers.values()) await server.stop();
  await desk.stop();
});

const expected = rows.map(([name, , ends, says, copies]) => ({ name, ends, says, copies }));

test.each(expected)('a server that $name', async ({ name, ends, says, copies }) => {
  const { server, message } = at(name);
  const row = await desk.row(message);
  expect([row.state, row.response]).toEqual([ends, expect.stringMatching(says)]);
  expect(row.attempts).toBe(1);
  expect(server.taken).toHaveLength(copies);
  // After a minute, and where it may have arrived after a quarter of an hour.
  const wait = ends === 'queued' ? 1 : 15;
  if (ends === 'queued' || ends === 'unknown') expect(Math.abs(row.waitMinutes - wait)).toBeLessThanOrEqual(1);
});

test('once the servers have come to their senses all is sent, once, with the same bytes; what failed has failed', async () => {
  for (const { server } of servers.values()) server.misbehave(honest);
  await desk.db.owner`update lotse.outgoing_mails set next_attempt_at = now() where state in ('queued', 'unknown')`;
  desk.start();
  for (const [name, , ends] of rows) {
    const { server, message } = at(name);
    const { bytes } = await desk.becomes(message, ends === 'failed' ? 'failed' : 'sent');
    // Only where nobody could tell it goes a second time, with the same id.
    expect([name, server.taken.length]).toEqual([name, ends === 'unknown' ? 2 : ends === 'failed' ? 0 : 1]);
    for (const { raw } of server.taken) expect(raw.equals(Buffer.from(bytes ?? []))).toBe(true);
  }
  await desk.rest();
});

test('a mail is tried for a week, after growing waits, and then has failed with the server’s words', async () => {
  const { server, ticket } = at('is honest');
  server.misbehave({ RCPT: '450 4.2.0 later' });
  const message = await desk.say(ticket, '<p>Eine Woche</p>');
  desk.start();
  const waits: number[] = [];
  for (const attempt of [1, 2, 3, 4, 5, 6, 7]) {
    const row = await until(async () => {
      const found = await desk.row(message);
      return found.state === 'queued' && found.attempts === attempt && found;
    });
    waits.push(row.waitMinutes);
    if (attempt === 7) await ago('7 days');
    await desk.hurry(message);
  }
  expect(waits).toEqual([1, 5, 15, 60, 120, 240, 240]);
  expect((await desk.becomes(message, 'failed')).response).toBe('450 4.2.0 later');
  await desk.rest();
  server.misbehave(honest);

  function ago(age: string) {
    return desk.db.owner`
      update lotse.outgoing_mails set delayed_since = now() - ${age}::interval - interval '1 minute' where ticket_message_id = ${message}
    `;
  }
});

test('before the text a server has less time than a mail is ours for, however long it may take in all', async () => {
  const { server, ticket } = at('is honest');
  server.misbehave({ RCPT: 'babble' });
  const message = await desk.say(ticket, '<p>Wer noch?</p>');
  desk.start({ ...impatient, askMs: 500, wholeMs: 24 * 60 * 60_000 });
  const row = await until(async () => {
    const found = await desk.row(message);
    return found.state === 'queued' && found.response !== '' && found;
  });
  expect(row.response).toMatch(tookTooLong);
  await desk.rest();
  server.misbehave(honest);
});

test('a server that shuts down between two mails keeps the first and gets the second again', async () => {
  const { server, ticket } = at('greylists');
  server.taken.length = 0;
  const before = server.reached('MAIL');
  server.misbehave({ MAIL: ({ nth }) => (nth === before + 2 ? '421 4.3.2 shutting down' : undefined) });
  const first = await desk.say(ticket, '<p>Erste</p>');
  const second = await desk.say(ticket, '<p>Zweite</p>');
  desk.start();
  await desk.becomes(first, 'sent');
  expect(await desk.becomes(second, 'queued')).toMatchObject({ response: '421 4.3.2 shutting down', waitMinutes: 1 });
  await desk.hurry(second);
  await desk.becomes(second, 'sent');
  expect(server.taken.map(({ raw }) => /Erste|Zweite/.exec(raw.toString())?.[0])).toEqual(['Erste', 'Zweite']);
  await desk.rest();
});

test('of two recipients the refused one has failed and the other got it, each on the message', async () => {
  const { server, ticket } = at('is busy');
  server.taken.length = 0;
  server.misbehave({ RCPT: ({ line }) => (line.includes('petra') ? '550 5.1.1 no such user' : undefined) });
  await desk.db.owner`
    insert into lotse.ticket_customers (workspace_id, ticket_id, contact_id, verified)
    values (${desk.cast.workspaceId}, ${ticket}, ${desk.cast.smith}, true)
  `;
  const message = await desk.say(ticket, '<p>An beide</p>');
  desk.start();
  const results = await until(async () => {
    const found = await desk.db.owner<{ toAddress: string; state: string }[]>`
      select to_address, state from lotse.outgoing_mails where ticket_message_id = ${message} order by to_address
    `;
    return found.every(({ state }) => state === 'sent' || state === 'failed') && found;
  });
  expect(results).toEqual([
    { toAddress: 'john.smith@example.com', state: 'sent' },
    { toAddress: 'petra.weber@example.org', state: 'failed' },
  ]);
  expect(server.taken.map(({ to }) => to)).toEqual([['john.smith@example.com']]);
  const shown = await desk.deliveries(ticket);
  expect(
    shown
      .slice(-2)
      .map(({ state }) => state)
      .toSorted(),
  ).toEqual(['failed', 'sent']);
  await desk.rest();
});

test('a server that lets nobody in makes its account rest, and no mail of it counts a try', async () => {
  const { server, ticket, account } = at('has a full disk');
  server.misbehave({ AUTH: '535 5.7.8 who are you' });
  const message = await desk.say(ticket, '<p>Ausgesperrt</p>');
  desk.start();
  const error = await until(async () => {
    const [row] = await desk.db.owner<{ smtpError: string }[]>`
      select smtp_error from lotse.mail_accounts where id = ${account} and smtp_rests_until > now() + interval '50 minutes'
    `;
    return row?.smtpError;
  });
  expect(error).toContain('535');
  await until(
    async () => (await desk.row(message)).response.includes('535') && (await desk.row(message)).attempts === 0,
  );
  const tries = server.reached('AUTH');
  await desk.hurry(message);
  const other = await desk.say(at('is honest').ticket, '<p>Die anderen</p>');
  await desk.becomes(other, 'sent');
  expect([(await desk.row(message)).state, server.reached('AUTH')]).toEqual(['queued', tries]);
});
