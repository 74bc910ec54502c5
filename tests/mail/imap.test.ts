import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as mails from '#server/domain/mails.ts';
import { Trouble } from '#server/mail/imap-fetch.ts';
import { readNew } from '#server/mail/imap-read.ts';
import { run } from '../support/cast.ts';
import { startImapDesk, type ImapDesk } from '../support/imap-desk.ts';
import { until } from '../support/until.ts';

let desk: ImapDesk;

beforeAll(async () => {
  desk = await startImapDesk();
});

afterEach(() => desk.reset());

afterAll(() => desk.stop());

test('a mail that arrives in the mailbox becomes a ticket, told by IDLE', async () => {
  const account = await desk.watched('idle');
  await desk.append('idle', 'Heizung kalt');
  expect(await desk.filed(account, 1)).toEqual(['Heizung kalt']);
});

test('the first look starts from now: what lay in the mailbox before stays there unread', async () => {
  await desk.append('history', 'Alt eins', 'Alt zwei');
  const account = await desk.watched('history');
  await desk.append('history', 'Neu');
  expect(await desk.filed(account, 1)).toEqual(['Neu']);
});

test.each([
  ['leave', { inbox: ['Mail leave'], seen: false, archive: [] }],
  ['seen', { inbox: ['Mail seen'], seen: true, archive: [] }],
  ['move', { inbox: [], seen: false, archive: ['Mail move'] }],
  ['delete', { inbox: [], seen: false, archive: [] }],
] as const)('a stored original is treated as the account says: %s', async (afterStoring, expected) => {
  const account = await desk.watched(`after-${afterStoring}`, { afterStoring, moveToFolder: 'Erledigt' });
  await desk.append(`after-${afterStoring}`, `Mail ${afterStoring}`);
  await desk.filed(account, 1);
  await desk.settled(account, 1);
  await desk.dovecot.visit(`after-${afterStoring}`, async (box) => {
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
  const account = await desk.watched('outage');
  await desk.append('outage', 'Vorher');
  await desk.filed(account, 1);
  await desk.dovecot.kill();
  await until(async () => (await desk.stateOf(account))?.lastError);
  await desk.dovecot.start();
  await desk.append('outage', 'Nachher eins', 'Nachher zwei');
  expect(await desk.filed(account, 3)).toEqual(['Nachher eins', 'Nachher zwei', 'Vorher']);
  await until(async () => (await desk.stateOf(account))?.lastError === '');
});

test('mails that the server numbered anew are known by their bytes', async () => {
  const account = await desk.watched('renumbered', { afterStoring: 'leave' });
  await desk.append('renumbered', 'Eins', 'Zwei');
  await desk.filed(account, 2);
  await desk.dovecot.kill();
  await desk.dovecot.renumber('renumbered');
  await desk.dovecot.start();
  await desk.append('renumbered', 'Drei');
  expect(await desk.filed(account, 5)).toEqual(['Drei', 'Eins', 'Zwei']);
  const [ignored] = await desk.db.owner`
    select count(*)::int from lotse.mails where account_id = ${account} and reason = 'duplicate' and uid_validity = 77
  `;
  expect(ignored).toEqual({ count: 2 });
});

test('what lay there before the account existed is not taken up when the server numbers anew', async () => {
  const lastMonth = new Date(Date.now() - 3 * 86_400_000);
  await desk.dovecot.visit('ancient', (box) => box.append('INBOX', desk.mailOf('Uralt'), [], lastMonth));
  const account = await desk.watched('ancient', { afterStoring: 'leave' });
  await desk.dovecot.kill();
  await desk.dovecot.renumber('ancient');
  await desk.dovecot.start();
  await desk.append('ancient', 'Neu');
  expect(await desk.filed(account, 1)).toEqual(['Neu']);
});

test('a mail that a person moves away between search and fetch is his, and the others come', async () => {
  const account = await desk.watched('tidy');
  await run(desk.cast.ada, 'account.change', { account, isPaused: true });
  await until(async () => (await desk.stateOf(account))?.leaseHolder === null);
  await desk.append('tidy', 'Privat', 'Auftrag');
  const holder = randomUUID();
  await desk.db.owner`
    update lotse.mail_accounts set paused_at = null, lease_holder = ${holder}, lease_until = now() + interval '1 hour'
    where id = ${account}
  `;
  const lease = await until(() => mails.lease(account, holder));
  await desk.dovecot.visit('tidy', async (client) => {
    const search = client.search.bind(client);
    client.search = async (...query) => {
      const found = await search(...query);
      await desk.dovecot.visit('tidy', async (person) => {
        await person.mailboxCreate('Privat');
        await person.messageMove('1', 'Privat', { uid: true });
      });
      return found;
    };
    const own = (await mails.receiversOf([account])).get(account);
    if (!own) throw new Error('no account');
    const reading = {
      client,
      cursor: lease.cursor,
      trouble: new Trouble(),
      again: new Trouble(),
      mostBytes: 1e6,
      onStored: () => undefined,
    };
    await readNew({ account: own, lease, ...reading });
  });
  await lease.end();
  expect(await desk.filed(account, 1)).toEqual(['Auftrag']);
});
