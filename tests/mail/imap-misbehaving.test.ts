import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import * as mails from '#server/domain/mails.ts';
import { mailOf, startImapServer, type FakeImap, type FakeOptions } from '../support/imap-server.ts';
import { startScriptedDesk, type ScriptedDesk, type Settings } from '../support/scripted-desk.ts';
import { until } from '../support/until.ts';

/* Whatever a server does: nothing is lost, and nothing becomes two tickets. */

let desk: ScriptedDesk;
let server: FakeImap;

beforeAll(async () => {
  desk = await startScriptedDesk({ mostBytes: 200_000 });
});

beforeEach(() => desk.start());

afterEach(async () => {
  await desk.rest();
  await server.stop();
});

afterAll(() => desk.stop());

const watched = (settings: Settings = {}) => desk.watched(server, settings);

async function serve(options: FakeOptions = {}, settings: Settings = {}): Promise<string> {
  server = await startImapServer(options);
  return watched(settings);
}

/** Subjects of the account's tickets once so many mails have come to their end. */
async function filed(account: string, count: number): Promise<string[]> {
  const rows = await until(async () => {
    const ended = await desk.db.owner<{ subject: string; state: string; number: number | null }[]>`
      select m.subject, m.state, t.number from lotse.mails m left join lotse.tickets t on t.id = m.ticket_id
      where m.account_id = ${account} and m.state in ('filed', 'ignored', 'failed')
      order by m.uid
    `;
    return ended.length >= count && ended;
  });
  expect(rows).toHaveLength(count);
  expect(rows.filter(({ state }) => state === 'failed')).toEqual([]);
  return rows.flatMap(({ subject, number }) => (number === null ? [] : [subject])).sort();
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `Mail ${String(i + 1).padStart(2, '0')}`);

test('a line that is cut in the middle of a mail loses none and doubles none', async () => {
  const account = await serve();
  let cuts = 3;
  server.misbehave({ onFetch: (uid) => (uid % 4 === 3 && cuts-- > 0 ? 'cut' : undefined) });
  for (const subject of numbered(12)) server.add(subject);
  expect(await filed(account, 12)).toEqual(numbered(12));
});

test('a mail that the server can never hand over stops none of the others, and is known', async () => {
  const account = await serve();
  server.misbehave({ onFetch: (uid) => (uid === 3 ? 'cut' : undefined) });
  for (const subject of numbered(5)) server.add(subject);
  await until(async () => {
    const rows = await desk.db.owner`select from lotse.mails where account_id = ${account} and state = 'filed'`;
    return rows.length === 4;
  });
  const [row] = await desk.db.owner`
    select uid::int, is_partial, raw from lotse.mails where account_id = ${account} and uid = 3
  `;
  expect(row).toEqual({ uid: 3, isPartial: true, raw: null });
}, 120_000);

test('mails told twice, and a server that never stops saying EXISTS', async () => {
  const account = await serve();
  server.misbehave({ onFetch: () => 'twice', chatters: true });
  for (const subject of numbered(5)) server.add(subject);
  expect(await filed(account, 5)).toEqual(numbered(5));
  server.add('Danach');
  expect(await filed(account, 6)).toContain('Danach');
});

test('new numbers for the same mails are no new tickets, and what came meanwhile is taken', async () => {
  const account = await serve();
  for (const subject of numbered(3)) server.add(subject);
  await filed(account, 3);
  server.renumber();
  server.add('Neu');
  // The three again, as duplicates of themselves.
  expect(await filed(account, 7)).toEqual([...numbered(3), 'Neu']);
});

test('an answer that comes late is waited for', async () => {
  const account = await serve({ lateMs: 700 });
  server.misbehave({ onDone: (name) => (name === 'UID FETCH' || name === 'UID SEARCH' ? 'late' : undefined) });
  for (const subject of numbered(3)) server.add(subject);
  expect(await filed(account, 3)).toEqual(numbered(3));
});

test('a line that is cut after the originals were moved, before we heard of it', async () => {
  const account = await serve({}, { afterStoring: 'move', moveToFolder: 'Archiv' });
  let cuts = 1;
  server.misbehave({ onDone: (name) => (name === 'UID MOVE' && cuts-- > 0 ? 'cut' : undefined) });
  server.folders.set('Archiv', { uidValidity: 1, uidNext: 1, mails: [] });
  for (const subject of numbered(3)) server.add(subject);
  expect(await filed(account, 3)).toEqual(numbered(3));
  await settled(account, 3);
  expect(server.folders.get('INBOX')?.mails).toEqual([]);
  expect(server.folders.get('Archiv')?.mails).toHaveLength(3);
});

async function settled(account: string, count: number): Promise<void> {
  await until(async () => {
    const rows = await desk.db.owner`select from lotse.mails where account_id = ${account} and settled_at is not null`;
    return rows.length === count;
  });
}

test('without MOVE and UIDPLUS originals are copied, then removed', async () => {
  const account = await serve({ capabilities: ['IDLE'] }, { afterStoring: 'move', moveToFolder: 'Archiv' });
  server.add('Umzug');
  await filed(account, 1);
  await settled(account, 1);
  expect(server.folders.get('INBOX')?.mails).toEqual([]);
  expect(server.folders.get('Archiv')?.mails).toHaveLength(1);
});

test('without UIDPLUS a mail that a person marked is not expunged along with ours', async () => {
  server = await startImapServer({ capabilities: ['IDLE'] });
  const persons = server.add('Von einer Person markiert');
  server.folders.get('INBOX')?.mails[0]?.flags.add('\\Deleted');
  const account = await watched({ afterStoring: 'delete', firstLook: 'now' });
  await until(async () => (await trust(account))?.lastSuccessAt);
  server.add('Unsere');
  await filed(account, 1);
  await settled(account, 1);
  expect(server.folders.get('INBOX')?.mails.map(({ uid }) => uid)).toContain(persons);
  expect(server.commands.filter((line) => line.startsWith('EXPUNGE'))).toEqual([]);
});

const trust = async (account: string) =>
  (await asMember(desk.cast.ada, (tx) => mails.accountTrust(tx))).find(({ id }) => id === account);

test('a mail that the server kept back is missed, fetched, and told of', async () => {
  server = await startImapServer();
  server.misbehave({ onFetch: (uid) => (uid === 2 ? 'omit' : undefined) });
  for (const subject of numbered(3)) server.add(subject);
  const account = await watched();
  await filed(account, 2);
  await until(async () => (await trust(account))?.lastLoss);
  expect((await trust(account))?.lastLoss).toMatchObject({ missing: 1, fetched: 0, uids: [2] });
  expect((await trust(account))?.losslessSince).toBeNull();
  // A day later the server behaves.
  server.misbehave({});
  await desk.db.owner`update lotse.mail_accounts set reconciled_at = now() - interval '2 days' where id = ${account}`;
  await desk.db.owner`update lotse.mail_reconciliations set day = day - 2 where account_id = ${account}`;
  server.cutAll();
  expect(await filed(account, 3)).toEqual(numbered(3));
  await until(async () => (await trust(account))?.losslessSince);
  const [today, before] = await asMember(desk.cast.ada, (tx) => mails.reconciliations(tx, account));
  expect(today).toMatchObject({ inMailbox: 3, missing: 1, missingUids: [2], fetched: 1 });
  expect(before).toMatchObject({ missing: 1, fetched: 0 });
  expect(await asMember(desk.cast.mona, (tx) => mails.reconciliations(tx, account))).toEqual([]);
});

test('what lay there before our beginning is never missed', async () => {
  server = await startImapServer();
  for (const subject of numbered(3)) server.add(subject);
  const account = await watched({ firstLook: 'now' });
  await until(async () => (await trust(account))?.reconciledAt);
  const [today] = await asMember(desk.cast.ada, (tx) => mails.reconciliations(tx, account));
  expect(today).toMatchObject({ inMailbox: 0, missing: 0, fetched: 0 });
});

test('a first look takes the last days where the account says so', async () => {
  server = await startImapServer();
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
  server.add('Alt', { date: ago(40) });
  server.add('Jung', { date: ago(5) });
  const account = await watched({ firstLook: 'days', firstLookDays: 10 });
  expect(await filed(account, 1)).toEqual(['Jung']);
});

test('a mail that is too large comes as head and text, once, and its original stays', async () => {
  const account = await serve({}, { afterStoring: 'delete' });
  server.add(mailOf('Riesig', `Anfang des Textes. ${'x'.repeat(700_000)}`));
  server.add('Klein');
  expect(await filed(account, 2)).toEqual(['Klein', 'Riesig']);
  await settled(account, 2);
  const [row] = await desk.db.owner`
    select m.size::int, m.is_partial, c.body_text like '%Anfang des Textes.%' and c.body_text like 'Diese E-Mail ist mit 1 MB zu groß.%' as has_text, length(m.raw) as raw, m.storage_key is null as inline
    from lotse.mails m join lotse.messages c on c.id = m.ticket_message_id where m.account_id = ${account} and m.subject = 'Riesig'
  `;
  expect(row).toMatchObject({ isPartial: true, hasText: true });
  expect(Number(row?.['size'])).toBeGreaterThan(700_000);
  expect(server.folders.get('INBOX')?.mails.map(({ raw }) => raw.length > 200_000)).toEqual([true]);
  const fetched = server.commands.filter((line) => /^UID FETCH 1 .*BODY/.test(line));
  expect(fetched.every((line) => !/BODY(\.PEEK)?\[\]/.test(line))).toBe(true);
});
