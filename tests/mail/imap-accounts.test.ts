import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { run } from '../support/cast.ts';
import { password } from '../support/dovecot.ts';
import { startImapDesk, type ImapDesk } from '../support/imap-desk.ts';
import { until } from '../support/until.ts';

let desk: ImapDesk;

beforeAll(async () => {
  desk = await startImapDesk();
});

afterEach(() => desk.reset());

afterAll(() => desk.stop());

test('two processes that watch one account share one reader, and the second takes over where the first stopped', async () => {
  const account = await desk.watched('shared');
  const other = desk.start();
  const reader = (await desk.stateOf(account))?.leaseHolder;
  await desk.append('shared', 'Eins');
  await desk.filed(account, 1);
  expect((await desk.stateOf(account))?.leaseHolder).toBe(reader);
  await desk.first.stop();
  await desk.append('shared', 'Zwei');
  // The other asks for the lease twice a minute; here its row is looked at again at once.
  await desk.db.owner`update lotse.mail_accounts set name = 'Shared' where id = ${account}`;
  expect(await desk.filed(account, 2)).toEqual(['Eins', 'Zwei']);
  expect((await desk.stateOf(account))?.leaseHolder).not.toBe(reader);
  await other.stop();
  desk.start();
});

test('a wrong password is shown as a sentence, is not tried on and on, and ends with the right one', async () => {
  const account = await desk.created('locked', { imapPassword: 'falsch' });
  const sentence = await until(async () => (await desk.stateOf(account))?.lastError);
  expect(sentence).toMatch(/authentication failed/i);
  await desk.watched('next-door');
  expect((await desk.dovecot.log()).match(/Disconnected.*auth failed.*user=<locked>/g)).toHaveLength(1);
  await run(desk.cast.ada, 'account.change', { account, imapPassword: password });
  await until(async () => (await desk.stateOf(account))?.lastSuccessAt);
  expect((await desk.stateOf(account))?.lastError).toBe('');
});

test('a paused account is left alone, and catches up when it goes on', async () => {
  const account = await desk.watched('paused');
  await run(desk.cast.ada, 'account.change', { account, isPaused: true });
  await until(async () => (await desk.stateOf(account))?.leaseHolder === null);
  await desk.append('paused', 'Während der Pause');
  await desk.dovecot.visit('paused', async (box) => {
    expect(await box.search({ seen: false }, { uid: true })).toEqual([1]);
  });
  expect(await desk.ticketsOf(account)).toEqual([]);
  await run(desk.cast.ada, 'account.change', { account, isPaused: false });
  expect(await desk.filed(account, 1)).toEqual(['Während der Pause']);
});
