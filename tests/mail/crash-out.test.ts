import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '#server/database/migrate.ts';
import { createCast, createTicket, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startBridge } from '../support/mail-bridge.ts';
import { startSink, type Sink } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';

let db: TestDatabase;
let cast: Cast;
let sink: Sink;
let folder: string;
let settings: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  sink = await startSink();
  db = await createTestDatabase();
  settings = { SMTP_URL: sink.url, SMTP_IN_PORT: '0', FILES_DIR: folder, APP_URL: await migrate(db.url) };
  cast = await createCast();
  const service = { name: 'Service', address: 'service@nordlicht.example', pool: cast.heating, kind: 'smtp' as const };
  await run(cast.ada, 'account.create', service);
});

afterAll(async () => {
  await sink.stop();
  await db.drop();
  await rm(folder, { recursive: true });
});

const steps = {
  'after the row was taken': ['server/domain/outgoing/queue.ts take after', 'sent'],
  'after it was built': ['server/mail/build.ts buildMail after', 'sent'],
  'before its bytes were kept': ['server/domain/outgoing/queue.ts keepBytes before', 'sent'],
  'after its bytes were kept': ['server/domain/outgoing/queue.ts keepBytes after', 'sent'],
  'when the server waits for the text': ['server/domain/outgoing/queue.ts offer before', 'sent'],
  'after that was noted, before the text': ['server/domain/outgoing/queue.ts offer after', 'unknown'],
  'after the server took it': ['server/mail/transport.ts sendMail after', 'unknown'],
  'before that is written down': ['server/domain/outgoing/settle.ts settle before', 'unknown'],
  'after that was written down': ['server/domain/outgoing/settle.ts settle after', 'sent'],
} as const;
type Step = keyof typeof steps;

/** What waits for a dead process’s lease to run out waits no longer. */
async function expire(): Promise<void> {
  await db.owner`update lotse.outgoing_mails set lease_until = now() - interval '1 second' where lease_until is not null`;
  await db.owner`update lotse.outgoing_mails set next_attempt_at = now() where state = 'queued'`;
}

async function say(words: string): Promise<string> {
  const ticket = await createTicket(cast);
  const html = `<p>${words}</p>`;
  const { result } = await run(cast.mona, 'message.post', { ticket, kind: 'message', visibility: 'public', html });
  return result['message'] ?? '';
}

type Ended = { state: string; messageId: string; ticketMessageId: string };

const ended = (messages: string[], states: string[]) =>
  until(async () => {
    const rows = await db.owner<Ended[]>`
      select state, message_id, ticket_message_id from lotse.outgoing_mails
      where ticket_message_id = any (${messages}::uuid[]) and state = any (${states})
    `;
    return rows.length === messages.length && [...rows];
  });

async function waiting(): Promise<number> {
  const [row] = await db.owner<{ count: number }[]>`
    select count(*)::int from lotse.outgoing_mails where state in ('queued', 'sending')
  `;
  return row?.count ?? 0;
}

const arrivals = (messageId: string) => sink.delivered.filter(({ mail }) => mail.messageId === `<${messageId}>`).length;

test.each(Object.keys(steps) as Step[])('a mail going out survives a death %s', async (name) => {
  const [step, ends] = steps[name];
  const message = await say(name);
  const dying = await startBridge(settings, step);
  await dying.died;
  await expire();
  const healthy = await startBridge(settings);
  const [mail] = await ended([message], ['sent', 'unknown', 'failed']);
  expect(mail?.state).toBe(ends);
  // At most once; and whoever is not sure says so.
  const mayHaveArrived = step.includes('sendMail') || step.includes('settle') || ends === 'sent';
  expect(arrivals(mail?.messageId ?? '')).toBe(mayHaveArrived ? 1 : 0);
  if (ends === 'unknown') {
    // A quarter of an hour later it is sent once more with the same id, and then it is known.
    await db.owner`update lotse.outgoing_mails set next_attempt_at = now() where state = 'unknown'`;
    await ended([message], ['sent']);
    expect(arrivals(mail?.messageId ?? '')).toBe(mayHaveArrived ? 2 : 1);
  }
  await healthy.stop();
});

test('of many mails on their way none is lost over deaths at random steps, and none that was not in doubt comes twice', async () => {
  const messages: string[] = [];
  for (let i = 0; i < 40; i++) messages.push(await say(`Nummer ${i}`));
  for (let i = 0; i < 8; i++) {
    const names = Object.keys(steps) as Step[];
    const [step] = steps[names[(i * 7 + 3) % names.length] ?? 'after it was built'];
    const dying = await startBridge(settings, step);
    let isDead = false;
    void dying.died.then(() => (isDead = true));
    await until(async () => isDead || (await waiting()) === 0);
    if (!isDead) await dying.stop();
    await expire();
  }
  const healthy = await startBridge(settings);
  const settled = await ended(messages, ['sent', 'unknown']);
  for (const { state, messageId } of settled) {
    if (state === 'sent') expect(arrivals(messageId)).toBe(1);
    else expect(arrivals(messageId)).toBeLessThanOrEqual(1);
  }
  await db.owner`update lotse.outgoing_mails set next_attempt_at = now() where state = 'unknown'`;
  const last = await ended(messages, ['sent']);
  for (const { messageId } of last) expect(arrivals(messageId)).toBeGreaterThanOrEqual(1);
  expect(new Set(last.map(({ messageId }) => messageId)).size).toBe(messages.length);
  await healthy.stop();
}, 120_000);
