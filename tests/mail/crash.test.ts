import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '#server/database/migrate.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { password, startDovecot, type Dovecot } from '../support/dovecot.ts';
import { deliver } from '../support/smtp-client.ts';
import { startSink, type Sink } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';

let db: TestDatabase;
let cast: Cast;
let sink: Sink;
let dovecot: Dovecot;
let folder: string;
let appUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  sink = await startSink();
  dovecot = await startDovecot();
  db = await createTestDatabase();
  appUrl = await migrate(db.url);
  cast = await createCast();
  const service = { name: 'Service', address: 'service@nordlicht.example', pool: cast.heating, kind: 'smtp' as const };
  await run(cast.ada, 'account.create', service);
});

afterAll(async () => {
  await dovecot.stop();
  await sink.stop();
  await db.drop();
  await rm(folder, { recursive: true });
});

type Bridge = { port: number; died: Promise<unknown>; stop(): Promise<void> };

/** The bridge as its own process; with a step, it dies there. */
async function bridge(step = ''): Promise<Bridge> {
  const { VITEST: _, ...environment } = process.env;
  const settings = { SMTP_URL: sink.url, SMTP_IN_PORT: '0', FILES_DIR: folder, ORIGIN: 'https://desk.example.org' };
  const child: ChildProcess = spawn(process.execPath, ['tests/support/mail-process.ts'], {
    env: { ...environment, ...settings, APP_URL: appUrl, DIE: step, LOG_LEVEL: 'fatal' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const died = once(child, 'exit');
  if (!child.stdout) throw new Error('no output');
  const lines = createInterface({ input: child.stdout });
  const port = await Promise.race([once(lines, 'line').then(([line]) => Number(line)), died.then(() => 0)]);
  return {
    port,
    died,
    async stop() {
      child.kill('SIGTERM');
      await died;
    },
  };
}

/** What waits for its worker's lease to run out waits no longer. */
async function expire(): Promise<void> {
  await db.owner`update lotse.mails set next_attempt_at = now() where state in ('stored', 'parsed', 'threaded')`;
  await db.owner`update lotse.outgoing_mails set lease_until = now() - interval '1 second' where lease_until is not null`;
  await db.owner`update lotse.outgoing_mails set next_attempt_at = now() where state = 'queued'`;
  await db.owner`update lotse.mail_accounts set lease_until = now() where lease_until is not null`;
}

function mailOf(subject: string): string {
  return [
    'From: Petra Weber <petra.weber@example.org>',
    `Subject: ${subject}`,
    `Message-ID: <${subject.replace(/\W+/g, '.')}@example.org>`,
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b\r\nContent-Type: text/plain\r\n\r\nBitte melden Sie sich.',
    '--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\nPDF\r\n--b--',
  ].join('\r\n');
}

type Ledger = { state: string; reason: string };

/** One ticket with one message, one file and at most one confirmation; all further rows are its duplicates. */
async function expectOnce(subject: string): Promise<void> {
  const rows = await until(async () => {
    const all = await db.owner<Ledger[]>`
      select state, reason from lotse.mails where convert_from(raw, 'utf8') like ${`%Subject: ${subject}\r\n%`} order by received_at
    `;
    return all.length > 0 && all.every(({ state }) => state === 'filed' || state === 'ignored') && [...all];
  });
  expect(rows.filter(({ reason }) => reason === 'ticket.created')).toHaveLength(1);
  expect(rows.filter(({ reason }) => reason !== 'ticket.created' && reason !== 'duplicate')).toEqual([]);
  const [found] = await db.owner`
    select
      count(*)::int as tickets,
      sum((select count(*) from lotse.messages m where m.ticket_id = t.id))::int as messages,
      sum((select count(*) from lotse.files f where f.ticket_id = t.id))::int as files,
      sum((select count(*) from lotse.events e where e.ticket_id = t.id and e.type = 'ticket.created' and e.class = 'staff'))::int as events
    from lotse.tickets t where t.subject = ${subject}
  `;
  expect(found).toEqual({ tickets: 1, messages: 1, files: 1, events: 1 });
}

const receiving = [
  ['before the bytes are in the ledger', 'server/domain/mails/store.ts store before'],
  ['after the ledger, before the sender was told', 'server/domain/mails/store.ts store after'],
  ['after a worker took it', 'server/domain/mails/queue.ts next after'],
  ['after it was parsed', 'server/mail/parse.ts readMail after'],
  ['after its place was decided', 'server/mail/place.ts placeOf after'],
  ['after its number was drawn', 'server/domain/tickets/create.ts drawNumber after'],
  ['in the transaction, after the ticket', 'server/domain/tickets/create.ts create after'],
  ['in the transaction, after the message', 'server/domain/messages/receive.ts receive after'],
  ['in the transaction, after the ledger’s last word', 'server/domain/mails/file.ts file after'],
  ['after it was filed', 'server/mail/receive.ts receive after'],
] as const;

test.each(receiving)('a direct mail survives a death %s', async (_, step) => {
  const subject = step.replace(/\W+/g, ' ');
  const dying = await bridge(step);
  // A relay keeps what it got no 250 for, and sends it again.
  const reply = await deliver(dying.port, mailOf(subject), { to: ['service@nordlicht.example'] });
  await dying.died;
  await expire();
  const healthy = await bridge();
  if (!reply.startsWith('250')) {
    expect(await deliver(healthy.port, mailOf(subject), { to: ['service@nordlicht.example'] })).toMatch(/^250/);
  }
  await expectOnce(subject);
  await healthy.stop();
});

const fetching = [
  ['after the fetch', 'server/domain/mails/store.ts storeFetched before'],
  ['after the ledger', 'server/domain/mails/store.ts storeFetched after'],
  ['after all were stored, before they are moved', 'server/domain/mails/settle.ts unsettled after'],
  ['after they were moved, before that is noted', 'server/domain/mails/settle.ts markSettled before'],
  ['after all is noted', 'server/domain/mails/settle.ts markSettled after'],
] as const;

test.each(fetching)('mails of a mailbox survive a death %s', async (_, step) => {
  const user = step.replace(/\W+/g, '').slice(-20).toLowerCase();
  const { result } = await run(cast.ada, 'account.create', {
    name: user,
    address: `${user}@nordlicht.example`,
    pool: cast.heating,
    kind: 'imap',
    imapHost: '127.0.0.1',
    imapPort: dovecot.port,
    imapSecurity: 'none',
    imapUser: user,
    imapPassword: password,
    afterStoring: 'move',
    sendsConfirmation: false,
  });
  const account = result['account'] ?? '';
  // The cursor of an account that looked at its empty mailbox before.
  const uidValidity = await dovecot.visit(user, async ({ mailbox }) => (mailbox ? Number(mailbox.uidValidity) : 0));
  await db.owner`update lotse.mail_accounts set uid_validity = ${uidValidity} where id = ${account}`;
  const subjects = [`${user} eins`, `${user} zwei`];
  await dovecot.visit(user, async (box) => {
    for (const subject of subjects) await box.append('INBOX', Buffer.from(mailOf(subject)));
  });
  const dying = await bridge(step);
  await dying.died;
  await expire();
  const healthy = await bridge();
  for (const subject of subjects) await expectOnce(subject);
  await until(async () => {
    const rows = await db.owner`select from lotse.mails where account_id = ${account} and settled_at is not null`;
    return rows.length === 2;
  });
  await healthy.stop();
  await dovecot.visit(user, async (box) => {
    expect(await box.search({ all: true })).toEqual([]);
    await box.mailboxOpen('Archive');
    expect(await box.search({ all: true })).toHaveLength(2);
  });
  await run(cast.ada, 'account.archive', { account });
});
