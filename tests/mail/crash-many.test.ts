import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '#server/database/migrate.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { Chance } from '../support/chance.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { password, startDovecot, type Dovecot } from '../support/dovecot.ts';
import { startSink, type Sink } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';

/*
 * Many mails in a mailbox, and a bridge that is killed at one step after the other, in random order, until all are worked off.
 * Each brings a confirmation on its way, and half of the deaths are of sending. `CRASH_MAILS=500 npm run test:mail -- crash-many` is the
 * whole of it; without it a few mails meet a few deaths.
 */

const count = Number(process.env['CRASH_MAILS'] ?? 24);
const deaths = Number(process.env['CRASH_DEATHS'] ?? Math.max(4, Math.round(count / 12)));
const steps = [
  'server/domain/mails/store.ts storeFetched before',
  'server/domain/mails/store.ts storeFetched after',
  'server/domain/mails/settle.ts markSettled before',
  'server/domain/mails/settle.ts markSettled after',
  'server/domain/mails/queue.ts next after',
  'server/mail/parse.ts readMail after',
  'server/mail/place.ts placeOf after',
  'server/domain/tickets/create.ts drawNumber after',
  'server/domain/messages/receive.ts receive after',
  'server/domain/mails/file.ts file after',
  'server/mail/receive.ts receive after',
  'server/domain/outgoing/queue.ts take after',
  'server/mail/build.ts buildMail after',
  'server/domain/outgoing/queue.ts keepBytes before',
  'server/domain/outgoing/queue.ts keepBytes after',
  'server/domain/outgoing/queue.ts offer before',
  'server/domain/outgoing/queue.ts offer after',
  'server/mail/transport.ts sendMail after',
  'server/domain/outgoing/settle.ts settle before',
  'server/domain/outgoing/settle.ts settle after',
];

let db: TestDatabase;
let cast: Cast;
let dovecot: Dovecot;
let sink: Sink;
let folder: string;
let appUrl: string;
let account: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  dovecot = await startDovecot();
  sink = await startSink();
  db = await createTestDatabase();
  appUrl = await migrate(db.url);
  cast = await createCast();
  const { result } = await run(cast.ada, 'account.create', {
    name: 'Viele',
    address: 'viele@nordlicht.example',
    pool: cast.heating,
    kind: 'imap',
    imapHost: '127.0.0.1',
    imapPort: dovecot.port,
    imapSecurity: 'none',
    imapUser: 'viele',
    imapPassword: password,
    afterStoring: 'move',
    firstLook: 'all',
  });
  account = result['account'] ?? '';
});

afterAll(async () => {
  await dovecot.stop();
  await sink.stop();
  await db.drop();
  await rm(folder, { recursive: true });
});

/** The bridge in a process of its own; with a step, it dies there. */
async function bridge(step = '') {
  const { VITEST: _, ...environment } = process.env;
  const settings = { SMTP_URL: sink.url, FILES_DIR: folder, ORIGIN: 'https://desk.example.org', SMTP_IN_PORT: '0' };
  const child = spawn(process.execPath, ['tests/support/mail-process.ts'], {
    env: { ...environment, ...settings, APP_URL: appUrl, DIE: step, LOG_LEVEL: 'fatal' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const died = once(child, 'exit');
  if (!child.stdout) throw new Error('no output');
  await Promise.race([once(createInterface({ input: child.stdout }), 'line'), died]);
  return {
    died,
    async stop(signal: NodeJS.Signals) {
      child.kill(signal);
      await died;
    },
  };
}

/** What waits for a dead worker's lease waits no longer. */
async function expire(): Promise<void> {
  await db.owner`update lotse.mails set next_attempt_at = now() where state = 'stored'`;
  await db.owner`update lotse.outgoing_mails set lease_until = now() - interval '1 second' where lease_until is not null`;
  await db.owner`update lotse.outgoing_mails set next_attempt_at = now() where state = 'queued'`;
  // Those of unknown fate are looked into at the end, however long this takes.
  await db.owner`update lotse.outgoing_mails set next_attempt_at = now() + interval '1 hour' where state = 'unknown'`;
  await db.owner`update lotse.mail_accounts set lease_until = now() where lease_until is not null`;
}

async function figures() {
  const [row] = await db.owner`
    select
      (select count(*) from lotse.mails where account_id = ${account})::int as ledger,
      (select count(*) from lotse.mails where account_id = ${account} and settled_at is not null)::int as settled,
      (select count(*) from lotse.mails where account_id = ${account} and state = 'filed')::int as filed,
      (select count(distinct ticket_id) from lotse.mails where account_id = ${account})::int as tickets,
      (select count(*) from lotse.messages m join lotse.tickets t on t.id = m.ticket_id where t.channel = 'mail')::int as messages,
      (select count(*) from lotse.outgoing_mails where kind = 'confirmation')::int as confirmations,
      (select count(*) from lotse.outgoing_mails where state in ('queued', 'sending'))::int as unsent
  `;
  return row;
}

test(`${count} mails and ${deaths} deaths: the ledger is the mailbox, tickets are mails, no confirmation is sent twice`, async () => {
  await dovecot.visit('viele', async (box) => {
    for (let i = 0; i < count; i++) await box.append('INBOX', mailOf(i));
  });
  const begin = Date.now();
  const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1e9);
  const chance = new Chance(seed);
  for (let death = 0; death < deaths; death++) {
    const step = steps[chance.below(steps.length)] ?? '';
    const dying = await bridge(step);
    // A step may have nothing left to do: then it dies where it stands.
    const timer = setTimeout(() => void dying.stop('SIGKILL'), 2_000 + chance.below(3_000));
    await dying.died;
    clearTimeout(timer);
    await expire();
  }
  const healthy = await bridge();
  const all = { ledger: count, settled: count, filed: count, tickets: count, messages: count, confirmations: count };
  await until(async () => {
    const now = await figures();
    return now?.['filed'] === count && now['settled'] === count && now['unsent'] === 0;
  });
  expect(await figures(), `CRASH_SEED=${seed}`).toEqual({ ...all, unsent: 0 });
  // Whoever is not sure that a mail left says so, and sends no second one.
  const ids = sink.delivered.map(({ mail }) => mail.messageId);
  expect(new Set(ids).size).toBe(ids.length);
  const sent = await db.owner`select from lotse.outgoing_mails where state = 'sent'`;
  expect(ids.length).toBeGreaterThanOrEqual(sent.length);
  const doubtful = await db.owner<
    { messageId: string }[]
  >`select message_id from lotse.outgoing_mails where state = 'unknown'`;
  // A quarter of an hour later those go once more with the same id: then none is missing, and no other came twice.
  await db.owner`update lotse.outgoing_mails set next_attempt_at = now() where state = 'unknown'`;
  await until(async () => {
    const left = await db.owner`select from lotse.outgoing_mails where state <> 'sent'`;
    return left.length === 0;
  });
  const arrivals = Map.groupBy(sink.delivered, ({ mail }) => mail.messageId);
  expect(arrivals.size).toBe(count);
  const twice = [...arrivals].flatMap(([id, mails]) => (mails.length > 1 ? [id] : []));
  expect(twice.filter((id) => !doubtful.some(({ messageId }) => id === `<${messageId}>`))).toEqual([]);
  await healthy.stop('SIGTERM');
  await dovecot.visit('viele', async (box) => {
    expect(await box.search({ all: true })).toEqual([]);
    await box.mailboxOpen('Archive');
    expect(await box.search({ all: true })).toHaveLength(count);
  });
  if (process.env['CRASH_MAILS'])
    console.log(
      `${count} mails, ${deaths} deaths, ${Math.round((Date.now() - begin) / 1000)} s; in doubt ${doubtful.length}, of them sent twice ${twice.length}`,
    );
}, 1_800_000);

function mailOf(number: number): Buffer {
  const head = [
    // Of many houses: to one alone only so many answers an hour would go out by themselves.
    `From: Kunde ${number} <kunde@haus-${number}.example>`,
    `Subject: Anliegen ${number}`,
    `Message-ID: <${number}.${count}@example.org>`,
  ];
  return Buffer.from([...head, '', `Es geht um Nummer ${number}.`, ''].join('\r\n'));
}
