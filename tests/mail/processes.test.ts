import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '#server/database/migrate.ts';
import { leaseSeconds } from '#server/domain/mails/lease.ts';
import { createCast, createTicket, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { password, startDovecot, type Dovecot } from '../support/dovecot.ts';
import { startSink, type Sink } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';

let db: TestDatabase;
let cast: Cast;
let dovecot: Dovecot;
let sink: Sink;
let folder: string;
let appUrl: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  sink = await startSink();
  dovecot = await startDovecot();
  db = await createTestDatabase();
  appUrl = await migrate(db.url);
  cast = await createCast();
});
afterEach(async () => {
  await Promise.all(
    running.splice(0).map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }),
  );
});
afterAll(async () => {
  await dovecot.stop();
  await sink.stop();
  await db.drop();
  await rm(folder, { recursive: true });
});

/** The mail bridge as its own process. */
async function bridge(): Promise<ChildProcess> {
  const { VITEST: _, ...environment } = process.env;
  const settings = { SMTP_URL: sink.url, FILES_DIR: folder, ORIGIN: 'https://desk.example.org', LOG_LEVEL: 'fatal' };
  const child = spawn(process.execPath, ['tests/support/mail-process.ts'], {
    env: { ...environment, ...settings, APP_URL: appUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  await once(createInterface({ input: child.stdout }), 'line');
  return child;
}

async function mailbox(user: string): Promise<string> {
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
    sendsConfirmation: false,
  });
  return result['account'] ?? '';
}

const deliver = (user: string, subjects: string[]) =>
  dovecot.visit(user, async (client) => {
    for (const subject of subjects) {
      const mail = `From: Petra <petra@example.org>\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@example.org>\r\n\r\nBitte.\r\n`;
      await client.append('INBOX', Buffer.from(mail));
    }
  });

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

async function ticketsOf(prefix: string): Promise<string[]> {
  const rows = await db.owner<{ subject: string }[]>`
    select subject from lotse.tickets where subject like ${`${prefix}%`} order by length(subject), subject
  `;
  return rows.map(({ subject }) => subject);
}

async function holderOf(account: string): Promise<string | null> {
  const [row] = await db.owner<{ leaseHolder: string | null }[]>`
    select lease_holder from lotse.mail_accounts where id = ${account}
  `;
  return row?.leaseHolder ?? null;
}

/** Who reads the mailbox, once its first look is over and he listens: what lay there before stays unread, and no row is his. */
async function reader(account: string): Promise<string> {
  return until(async () => {
    const [row] = await db.owner<{ leaseHolder: string | null }[]>`
      select lease_holder from lotse.mail_accounts
      where id = ${account} and lease_until - make_interval(secs => ${leaseSeconds}) > reconciled_at
    `;
    return row?.leaseHolder;
  });
}

/** As if the holder had been silent for most of its lease. */
const shorten = (account: string) =>
  db.owner`update lotse.mail_accounts set lease_until = now() + interval '2 seconds' where id = ${account}`;

/** What a dead worker had in its hands waits no longer. */
const release = () =>
  db.owner`update lotse.mails set next_attempt_at = now() where state in ('stored', 'parsed', 'threaded')`;

describe('two processes at one mailbox', () => {
  test('another takes over when the lease of the one that was killed ends, and each mail is one ticket', async () => {
    const account = await mailbox('kill');
    const first = await bridge();
    const holder = await reader(account);
    await deliver('kill', numbered('Kill', 20));
    await until(async () => (await ticketsOf('Kill')).length >= 5);
    const ended = once(first, 'exit');
    first.kill('SIGKILL');
    await ended;
    await shorten(account);
    await release();
    await bridge();
    await until(async () => ![null, holder].includes(await holderOf(account)));
    await deliver('kill', numbered('Kill2', 5));
    const wanted = [...numbered('Kill', 20), ...numbered('Kill2', 5)];
    await until(async () => (await ticketsOf('Kill')).length >= wanted.length);
    expect((await ticketsOf('Kill')).toSorted()).toEqual(wanted.toSorted());
  });

  test('one that was stopped beyond its lease and goes on stores nothing and reports nothing', async () => {
    const account = await mailbox('stop');
    const first = await bridge();
    const holder = await reader(account);
    first.kill('SIGSTOP');
    await shorten(account);
    await bridge();
    await until(async () => ![null, holder].includes(await holderOf(account)));
    await deliver('stop', numbered('Stop', 10));
    await until(async () => (await ticketsOf('Stop')).length >= 10);
    first.kill('SIGCONT');
    await deliver('stop', numbered('Weiter', 10));
    await until(async () => (await ticketsOf('Weiter')).length >= 10);
    expect((await ticketsOf('Stop')).toSorted()).toEqual(numbered('Stop', 10).toSorted());
    expect((await ticketsOf('Weiter')).toSorted()).toEqual(numbered('Weiter', 10).toSorted());
    const [row] = await db.owner<{ lastError: string }[]>`
      select last_error from lotse.mail_accounts where id = ${account}
    `;
    expect(row?.lastError).toBe('');
    expect(await db.owner`select uid from lotse.mails where account_id = ${account}`).toHaveLength(20);
  });
});

test('two processes at one outbox send each mail once', async () => {
  await Promise.all([bridge(), bridge()]);
  const before = sink.delivered.length;
  const ticket = await createTicket(cast);
  const texts = numbered('Antwort ', 30);
  for (const text of texts) {
    await run(cast.ada, 'message.post', { ticket, kind: 'message', visibility: 'public', html: `<p>${text}</p>` });
  }
  await until(async () => {
    const [row] = await db.owner<{ left: number }[]>`
      select count(*)::int as left from lotse.outgoing_mails where state in ('queued', 'sending')
    `;
    return row?.left === 0;
  });
  const ids = sink.delivered.slice(before).map(({ mail }) => mail.messageId);
  expect(ids.length).toBeGreaterThanOrEqual(texts.length);
  expect(new Set(ids).size).toBe(ids.length);
});
