import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { run } from '../support/cast.ts';
import { mailOf, startImapServer, type FakeImap } from '../support/imap-server.ts';
import { startScriptedDesk, type ScriptedDesk } from '../support/scripted-desk.ts';
import { until } from '../support/until.ts';

/* An account whose folder, user or server somebody changes: the numbers of the mailbox before mean nothing in the next one. */

let desk: ScriptedDesk;
let server: FakeImap;

beforeAll(async () => {
  desk = await startScriptedDesk();
});

beforeEach(async () => {
  server = await startImapServer();
  await desk.start();
});

afterEach(async () => {
  await desk.rest();
  await server.stop();
});

afterAll(() => desk.stop());

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

/** Another folder whose numbers are the same as INBOX's, as they are at many providers. */
function addFolder(name: string, subjects: string[]) {
  const mails = subjects.map((subject, index) => ({
    uid: index + 1,
    raw: mailOf(subject),
    flags: new Set<string>(),
    date: new Date(),
  }));
  server.folders.set(name, { uidValidity: 7, uidNext: mails.length + 1, mails });
}

const left = (folder: string) => server.folders.get(folder)?.mails.map(({ uid }) => uid);

test('mails of another folder come, though their numbers are those of mails that came before', async () => {
  for (const subject of ['Eins', 'Zwei', 'Drei']) server.add(subject);
  const account = await desk.watched(server);
  await desk.filed(account, 3);
  addFolder('Anfragen', ['Vier', 'Fünf']);
  await run(desk.cast.ada, 'account.change', { account, imapFolder: 'Anfragen' });
  expect(await desk.filed(account, 5)).toHaveLength(5);
});

test('originals that were not removed in the folder before are not removed by their numbers in the next', async () => {
  const account = await desk.watched(server, { firstLook: 'now', afterStoring: 'delete' });
  await until(async () => (await desk.accountOf(account))?.['reconciledAt']);
  await desk.db.owner`
    insert into lotse.mails (workspace_id, account_id, uid_validity, uid, sha256, size, state, reason)
    select workspace_id, id, uid_validity, 2, repeat('0', 64), 10, 'ignored', 'mail.own' from lotse.mail_accounts where id = ${account}
  `;
  addFolder('Anfragen', ['Privat', 'Ungelesen']);
  await run(desk.cast.ada, 'account.change', { account, imapFolder: 'Anfragen' });
  await until(async () => (await desk.accountOf(account))?.['reconciledAt']);
  const folder = server.folders.get('Anfragen');
  folder?.mails.push({ uid: folder.uidNext++, raw: mailOf('Neu'), flags: new Set(), date: new Date() });
  server.cutAll();
  expect(await desk.filed(account, 1)).toEqual(['Neu']);
  await until(() => Promise.resolve(left('Anfragen')?.includes(3) === false));
  expect(left('Anfragen')).toEqual([1, 2]);
});

test('a mailbox that moved to another server is read again for a week, and what is known of it stays one ticket', async () => {
  server.add('Eins');
  const account = await desk.watched(server, { firstLook: 'now' });
  await until(async () => (await desk.accountOf(account))?.['reconciledAt']);
  server.add('Zwei');
  await desk.filed(account, 1);
  const before = server;
  server = await startImapServer();
  // Numbered as it likes; what came while nobody could look is there too.
  for (const subject of ['Drei', 'Zwei']) server.add(subject);
  const moved = { imapHost: 'localhost', imapPort: server.port, imapPassword: 'geheim' };
  await run(desk.cast.ada, 'account.change', { account, ...moved });
  expect(await desk.filed(account, 2)).toEqual(expect.arrayContaining(['Zwei', 'Drei']));
  await until(async () => {
    const known = await desk.db.owner`
      select from lotse.mails where account_id = ${account} and state = 'ignored' and reason = 'duplicate'
    `;
    return known.length === 1;
  });
  await before.stop();
});

test('new numbers after a long trouble: what came in all that time is read, and a week before it', async () => {
  const account = await desk.watched(server, { firstLook: 'now' });
  await until(async () => (await desk.accountOf(account))?.['reconciledAt']);
  await desk.db.owner`
    update lotse.mail_accounts
    set created_at = now() - interval '1 year', last_success_at = now() - interval '30 days', last_error = 'away', reconciled_at = now(),
      lease_until = null, lease_holder = null, paused_at = now()
    where id = ${account}
  `;
  for (const days of [100, 29, 8, 1]) server.add(`Vor ${days}`, { date: daysAgo(days) });
  server.renumber();
  await desk.db.owner`update lotse.mail_accounts set paused_at = null where id = ${account}`;
  expect(await desk.filed(account, 3)).toEqual(['Vor 29', 'Vor 8', 'Vor 1']);
});
