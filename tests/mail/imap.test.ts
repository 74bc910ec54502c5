import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import * as mails from '#server/domain/mails.ts';
import { readNew } from '#server/mail/imap-read.ts';
import { startIntake } from '#server/mail/intake.ts';
import { startMailboxes } from '#server/mail/mailboxes.ts';
import { stopParsing } from '#server/mail/parse.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { password, startDovecot, type Dovecot } from '../support/dovecot.ts';
import { until } from '../support/until.ts';

let db: TestDatabase;
let cast: Cast;
let dovecot: Dovecot;
let folder: string;
const parts: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  dovecot = await startDovecot();
  db = await createTestDatabase();
  decide({ FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  cast = await createCast();
  start();
});

afterEach(async () => {
  await dovecot.start();
  await db.owner`update lotse.mail_accounts set archived_at = now()`;
});

afterAll(async () => {
  for (const part of parts) await part.stop();
  await stopParsing();
  await dovecot.stop();
  await db.drop();
  await rm(folder, { recursive: true });
});

/** Mailboxes and intake as one process has them. */
function start() {
  const intake = startIntake();
  const mailboxes = startMailboxes(intake.poke, { lookMs: 100 });
  parts.push(mailboxes, intake);
  return mailboxes;
}

type Settings = Partial<Parameters<typeof run<'account.create'>>[2]>;

/** An account over the mailbox of `user`, once its first look is over. */
async function watched(user: string, settings: Settings = {}): Promise<string> {
  const account = await created(user, settings);
  await until(async () => (await stateOf(account))?.lastSuccessAt);
  return account;
}

async function created(user: string, settings: Settings = {}): Promise<string> {
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
    ...settings,
  });
  return result['account'] ?? '';
}

async function stateOf(account: string) {
  const [row] = await db.owner<
    { lastError: string; lastSuccessAt: string | null; leaseHolder: string; lastUid: number }[]
  >`
    select last_error, last_success_at, lease_holder, last_uid from lotse.mail_accounts where id = ${account}
  `;
  return row;
}

function mailOf(subject: string): Buffer {
  return Buffer.from(
    [
      'From: Petra Weber <petra.weber@example.org>',
      'To: service@nordlicht.example',
      `Subject: ${subject}`,
      `Message-ID: <${subject.replaceAll(' ', '.')}@example.org>`,
      '',
      'Guten Tag, bitte melden Sie sich.',
      '',
    ].join('\r\n'),
  );
}

const append = (user: string, ...subjects: string[]) =>
  dovecot.visit(user, async (box) => {
    for (const subject of subjects) await box.append('INBOX', mailOf(subject));
  });

/** Subjects of the tickets of an account, once so many of its mails have come to their end. */
async function filed(account: string, count: number): Promise<string[]> {
  const rows = await until(async () => {
    const ended = await db.owner<{ subject: string; state: string; reason: string }[]>`
      select subject, state, reason from lotse.mails
      where account_id = ${account} and state in ('filed', 'ignored', 'failed')
      order by received_at
    `;
    return ended.length >= count && ended;
  });
  expect(rows.filter(({ state }) => state === 'failed')).toEqual([]);
  expect(rows).toHaveLength(count);
  return (await ticketsOf(account)).sort();
}

async function ticketsOf(account: string): Promise<string[]> {
  const rows = await db.owner<{ subject: string }[]>`
    select t.subject from lotse.mails m join lotse.tickets t on t.id = m.ticket_id
    where m.account_id = ${account} order by t.number
  `;
  return rows.map(({ subject }) => subject);
}

const settled = (account: string, count: number) =>
  until(async () => {
    const [row] = await db.owner<{ count: number }[]>`
      select count(*)::int from lotse.mails where account_id = ${account} and settled_at is not null
    `;
    return row?.count === count;
  });

test('a mail that arrives in the mailbox becomes a ticket, told by IDLE', async () => {
  const account = await watched('idle');
  const began = Date.now();
  await append('idle', 'Heizung kalt');
  expect(await filed(account, 1)).toEqual(['Heizung kalt']);
  // The poll comes once a minute, and imapflow's own IDLE after 15 seconds: only ours is this quick.
  expect(Date.now() - began).toBeLessThan(10_000);
});

test('the first look starts from now: what lay in the mailbox before stays there unread', async () => {
  await append('history', 'Alt eins', 'Alt zwei');
  const account = await watched('history');
  await append('history', 'Neu');
  expect(await filed(account, 1)).toEqual(['Neu']);
});

test.each([
  ['leave', { inbox: ['Mail leave'], seen: false, archive: [] }],
  ['seen', { inbox: ['Mail seen'], seen: true, archive: [] }],
  ['move', { inbox: [], seen: false, archive: ['Mail move'] }],
  ['delete', { inbox: [], seen: false, archive: [] }],
] as const)('a stored original is treated as the account says: %s', async (afterStoring, expected) => {
  const account = await watched(`after-${afterStoring}`, { afterStoring, moveToFolder: 'Erledigt' });
  await append(`after-${afterStoring}`, `Mail ${afterStoring}`);
  await filed(account, 1);
  await settled(account, 1);
  await dovecot.visit(`after-${afterStoring}`, async (box) => {
    const inbox = await box.fetchAll('1:*', { envelope: true, flags: true }).catch(() => []);
    expect(inbox.map(({ envelope }) => envelope?.subject)).toEqual(expected.inbox);
    expect(inbox.some(({ flags }) => flags?.has('\\Seen'))).toBe(expected.seen);
    if (expected.archive.length === 0) return;
    await box.mailboxOpen('Erledigt');
    const archive = await box.fetchAll('1:*', { envelope: true });
    expect(archive.map(({ envelope }) => envelope?.subject)).toEqual(expected.archive);
  });
});

test('after the server died and came back nothing is missing and nothing came twice', async () => {
  const account = await watched('outage');
  await append('outage', 'Vorher');
  await filed(account, 1);
  await dovecot.kill();
  await until(async () => (await stateOf(account))?.lastError);
  await dovecot.start();
  await append('outage', 'Nachher eins', 'Nachher zwei');
  expect(await filed(account, 3)).toEqual(['Nachher eins', 'Nachher zwei', 'Vorher']);
  await until(async () => (await stateOf(account))?.lastError === '');
});

test('mails that the server numbered anew are known by their bytes', async () => {
  const account = await watched('renumbered', { afterStoring: 'leave' });
  await append('renumbered', 'Eins', 'Zwei');
  await filed(account, 2);
  await dovecot.kill();
  await dovecot.renumber('renumbered');
  await dovecot.start();
  await append('renumbered', 'Drei');
  expect(await filed(account, 5)).toEqual(['Drei', 'Eins', 'Zwei']);
  const [ignored] = await db.owner`
    select count(*)::int from lotse.mails where account_id = ${account} and reason = 'duplicate' and uid_validity = 77
  `;
  expect(ignored).toEqual({ count: 2 });
});

test('what lay there before the account existed is not taken up when the server numbers anew', async () => {
  const lastMonth = new Date(Date.now() - 3 * 86_400_000);
  await dovecot.visit('ancient', (box) => box.append('INBOX', mailOf('Uralt'), [], lastMonth));
  const account = await watched('ancient', { afterStoring: 'leave' });
  await dovecot.kill();
  await dovecot.renumber('ancient');
  await dovecot.start();
  await append('ancient', 'Neu');
  expect(await filed(account, 1)).toEqual(['Neu']);
});

test('a mail that a person moves away between search and fetch is his, and the others come', async () => {
  const account = await watched('tidy');
  await run(cast.ada, 'account.change', { account, isPaused: true });
  await until(async () => (await stateOf(account))?.leaseHolder === null);
  await append('tidy', 'Privat', 'Auftrag');
  const holder = randomUUID();
  await db.owner`
    update lotse.mail_accounts set paused_at = null, lease_holder = ${holder}, lease_until = now() + interval '1 hour'
    where id = ${account}
  `;
  const lease = await until(() => mails.lease(account, holder));
  await dovecot.visit('tidy', async (client) => {
    const search = client.search.bind(client);
    client.search = async (...query) => {
      const found = await search(...query);
      await dovecot.visit('tidy', async (person) => {
        await person.mailboxCreate('Privat');
        await person.messageMove('1', 'Privat', { uid: true });
      });
      return found;
    };
    const own = await mails.receiverOf(account);
    if (!own) throw new Error('no account');
    await readNew({ account: own, holder, client, cursor: lease.cursor, onStored: () => undefined });
  });
  await lease.end();
  expect(await filed(account, 1)).toEqual(['Auftrag']);
});

test('two processes that watch one account share one reader, and the second takes over where the first stopped', async () => {
  const account = await watched('shared');
  const other = start();
  const reader = (await stateOf(account))?.leaseHolder;
  await append('shared', 'Eins');
  await filed(account, 1);
  expect((await stateOf(account))?.leaseHolder).toBe(reader);
  await parts[0]?.stop();
  await append('shared', 'Zwei');
  // The other asks for the lease twice a minute; here its row is looked at again at once.
  await db.owner`update lotse.mail_accounts set name = 'Shared' where id = ${account}`;
  expect(await filed(account, 2)).toEqual(['Eins', 'Zwei']);
  expect((await stateOf(account))?.leaseHolder).not.toBe(reader);
  await other.stop();
  start();
});

test('a wrong password is shown as a sentence, is not tried on and on, and ends with the right one', async () => {
  const account = await created('locked', { imapPassword: 'falsch' });
  const sentence = await until(async () => (await stateOf(account))?.lastError);
  expect(sentence).toMatch(/authentication failed/i);
  await watched('next-door');
  expect((await dovecot.log()).match(/Disconnected.*auth failed.*user=<locked>/g)).toHaveLength(1);
  await run(cast.ada, 'account.change', { account, imapPassword: password });
  await until(async () => (await stateOf(account))?.lastSuccessAt);
  expect((await stateOf(account))?.lastError).toBe('');
});

test('a paused account is left alone, and catches up when it goes on', async () => {
  const account = await watched('paused');
  await run(cast.ada, 'account.change', { account, isPaused: true });
  await until(async () => (await stateOf(account))?.leaseHolder === null);
  await append('paused', 'Während der Pause');
  await dovecot.visit('paused', async (box) => {
    expect(await box.search({ seen: false }, { uid: true })).toEqual([1]);
  });
  expect(await ticketsOf(account)).toEqual([]);
  await run(cast.ada, 'account.change', { account, isPaused: false });
  expect(await filed(account, 1)).toEqual(['Während der Pause']);
});
