import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { latestCheck } from '#server/domain/checks.ts';
import { createAuthority } from '../support/authority.ts';
import { refusal, run } from '../support/cast.ts';
import { secret, startCheckDesk, type CheckDesk } from '../support/check-desk.ts';
import { startProvider } from '../support/mail-provider.ts';
import { deliver } from '../support/smtp-client.ts';
import { until } from '../support/until.ts';

/* An account is checked: a mail to itself by the outbox, to a real mailbox or to our own door, and an answer to it. */

const folder = mkdtempSync(join(tmpdir(), 'lotse-'));
let desk: CheckDesk;

beforeAll(async () => {
  desk = await startCheckDesk();
});
beforeEach(() => desk.deliverAs());
afterAll(async () => {
  await desk.stop();
  rmSync(folder, { recursive: true });
});

const nothing = { tickets: 0, contacts: 0, answers: 0, waiting: 0 };
const isCheck = { state: 'ignored', reason: 'own.check', verdicts: expect.arrayContaining(['own_mail', 'check']) };

test('a watched mailbox passes; its two mails stand in the ledger as ours and leave nothing else', async () => {
  const { id } = await desk.account({}, { isWatched: true });
  await desk.seen(id);
  const check = await desk.checked(id);
  expect(check).toMatchObject({ state: 'passed', failure: '' });
  const times = [check.createdAt, check.sentAt, check.arrivedAt, check.answeredAt, check.foundAt].map(String);
  expect(times.every((time) => !Number.isNaN(Date.parse(time)))).toBe(true);
  expect(await desk.ledger(id)).toMatchObject([isCheck, isCheck]);
  expect(await desk.leftBehind(id)).toEqual(nothing);
  await desk.settled(id, 2);
});

test('mailbox and ledger agree about the mails of a check', async () => {
  const { id } = await desk.account({}, { isWatched: true });
  await desk.seen(id);
  await desk.checked(id);
  await desk.settled(id, 2);
  // The next reader compares at once.
  await run(desk.cast.ada, 'account.change', { account: id, isPaused: true });
  await until(async () => (await desk.stateOf(id))?.leaseHolder === null);
  await desk.db.owner`delete from lotse.mail_reconciliations where account_id = ${id}`;
  await desk.db.owner`update lotse.mail_accounts set reconciled_at = null where id = ${id}`;
  await run(desk.cast.ada, 'account.change', { account: id, isPaused: false });
  const [compared] = await until(async () => {
    const days = await desk.db.owner`
      select in_mailbox, missing, fetched from lotse.mail_reconciliations where account_id = ${id}
    `;
    return days.length > 0 && days;
  });
  expect(compared).toEqual({ inMailbox: 2, missing: 0, fetched: 0 });
});

test('a paused one passes as well; once it goes on, its reader takes the mails for what they are', async () => {
  const { id, name } = await desk.account();
  expect(await desk.checked(id)).toMatchObject({ state: 'passed' });
  expect(await desk.ledger(id)).toMatchObject([isCheck, isCheck]);
  await run(desk.cast.ada, 'account.change', { account: id, isPaused: false });
  await desk.seen(id);
  await desk.append(name, 'Heizung kalt');
  expect(await desk.filed(id, 3)).toEqual(['Heizung kalt']);
});

test('without addresses of tickets the answer is found by the ids of the mails', async () => {
  desk.deliverAs((to, raw) => (to.includes('+') ? { refusal: 'no such user' } : { raw }));
  const { id } = await desk.account({ hasPlusAddresses: false });
  expect(await desk.checked(id)).toMatchObject({ state: 'passed' });
});

test('an address that is delivered to our own door passes, also while it is paused', async () => {
  const { id, address } = await desk.account({ kind: 'smtp' }, { name: 'door', isWatched: true });
  expect(await desk.checked(id)).toMatchObject({ state: 'passed' });
  await run(desk.cast.ada, 'account.change', { account: id, isPaused: true });
  let refused = '';
  desk.deliverAs((_to, raw) => {
    // Somebody else's mail at the same moment.
    void deliver(desk.port, 'From: a@example.org\r\nSubject: Hallo\r\n\r\n', { to: [address] }).then(
      (reply) => (refused = reply),
    );
    return { raw };
  });
  expect(await desk.checked(id)).toMatchObject({ state: 'passed' });
  expect(await until(async () => Promise.resolve(refused))).toMatch(/^450 /);
  expect(await desk.leftBehind(id)).toEqual(nothing);
});

test('one that names no server cannot send', async () => {
  const { id } = await desk.account({ smtpHost: '', smtpUser: '', smtpPassword: '' });
  expect(await desk.checked(id)).toMatchObject({ state: 'failed', failure: 'send.noServer', sentAt: null });
});

test('a server that nobody can reach is named, and so is one that does not prove who it is', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  const { port } = await new Promise<AddressInfo>((resolve) => {
    closed.once('listening', () => resolve(closed.address() as AddressInfo));
  });
  await new Promise((resolve) => closed.close(resolve));
  const { id } = await desk.account({ smtpPort: port });
  expect(await desk.checked(id)).toMatchObject({
    failure: 'send.connection',
    response: expect.stringContaining('ECONNREFUSED'),
  });
  const house = createAuthority(folder);
  const secure = await startProvider({ tls: house, decide: () => 'drop', hand: () => Promise.resolve() });
  const other = await desk.account({ smtpPort: secure.port, smtpSecurity: 'tls', smtpUser: '', smtpPassword: '' });
  expect(await desk.checked(other.id)).toMatchObject({ failure: 'send.certificate' });
  await secure.stop();
});

test('a wrong password for sending ends it at once, and what waits does not leave', async () => {
  const { id } = await desk.account({ smtpPassword: 'falsch' });
  expect(await desk.checked(id)).toMatchObject({ failure: 'send.password', response: expect.stringContaining('535') });
  expect(await desk.leftBehind(id)).toEqual(nothing);
  // The account rests; whoever mends it is answered at once.
  await run(desk.cast.ada, 'account.change', { account: id, smtpPassword: secret });
  expect(await desk.checked(id)).toMatchObject({ state: 'passed' });
});

test('a server that refuses the mail is quoted', async () => {
  desk.deliverAs(() => ({ refusal: '5.7.1 sender not allowed' }));
  const { id } = await desk.account();
  expect(await desk.checked(id)).toMatchObject({
    failure: 'send.refused',
    response: expect.stringContaining('not allowed'),
  });
});

test('a wrong password for reading, and a folder that is not there, are told apart', async () => {
  const { id } = await desk.account({ imapPassword: 'falsch' });
  expect(await desk.checked(id)).toMatchObject({ failure: 'read.password', arrivedAt: null });
  const other = await desk.account({ imapFolder: 'Gibt es nicht' });
  expect(await desk.checked(other.id)).toMatchObject({ failure: 'read.folder' });
});

test('a mail among the junk, or sorted elsewhere, is named by its folder', async () => {
  desk.deliverAs((_to, raw) => ({ raw, folder: 'Junk' }));
  expect(await desk.checked((await desk.account()).id)).toMatchObject({ failure: 'arrive.junk', folder: 'Junk' });
  desk.deliverAs((to, raw) => ({ raw, folder: to.includes('+') ? 'Antworten' : 'INBOX' }));
  const { id } = await desk.account();
  expect(await desk.checked(id)).toMatchObject({ failure: 'answer.elsewhere', folder: 'Antworten' });
  expect(await desk.leftBehind(id)).toEqual(nothing);
});

test('a mail that was taken and never comes is given up', async () => {
  desk.deliverAs(() => 'drop');
  const { id } = await desk.account();
  await run(desk.cast.ada, 'account.check', { account: id });
  await until(async () => {
    desk.send();
    return (await desk.latest(id))?.sentAt;
  });
  await desk.hurry(1);
  expect(await desk.checked(id)).toMatchObject({ failure: 'arrive.never', sentAt: expect.anything() });
  await desk.hurry();
});

test('an answer is missed where its address is refused, or loses what it carries', async () => {
  desk.deliverAs((to, raw) => (to.includes('+') ? { refusal: '5.1.1 no such user' } : { raw }));
  expect(await desk.checked((await desk.account()).id)).toMatchObject({ failure: 'answer.refused' });
  const stripped = (raw: string) => raw.replace(/\+[\w.]+(?=@)/g, '');
  desk.deliverAs((to, raw) => (to.includes('+') ? { raw: stripped(raw), deliveredTo: stripped(to) } : { raw }));
  const { id } = await desk.account();
  expect(await desk.checked(id)).toMatchObject({ failure: 'answer.tokenLost' });
  desk.deliverAs((_to, raw) => ({ raw: raw.replace(/^Reply-To: .*$/m, 'Reply-To: liste@example.net') }));
  expect(await desk.checked((await desk.account()).id)).toMatchObject({ failure: 'answer.noAddress' });
});

test('asked twice it runs once; nobody but administrators may ask', async () => {
  await desk.pause();
  const { id } = await desk.account();
  const ask = () => run(desk.cast.ada, 'account.check', { account: id });
  const [first, second] = await Promise.all([ask(), ask()]);
  expect(first.result).toEqual(second.result);
  expect(await refusal(desk.cast.mona, 'account.check', { account: id })).toBe('account.notFound');
  expect(await asMember(desk.cast.mona, (tx) => latestCheck(tx, id))).toBeNull();
  await desk.hurry();
});

test('what only looks like a check’s mail is a customer’s', async () => {
  const { id, name } = await desk.account({}, { isWatched: true });
  await desk.checked(id);
  const [row] = await desk.ledger(id);
  const forged = row?.subject.replace(/.$/, (letter) => (letter === 'a' ? 'b' : 'a')) ?? '';
  await desk.append(name, forged);
  expect(await desk.filed(id, 3)).toEqual([forged]);
});
