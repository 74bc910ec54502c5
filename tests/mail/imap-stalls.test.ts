import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import * as mails from '#server/domain/mails.ts';
import { lookFor } from '#server/mail/check-look.ts';
import { createTicket, run } from '../support/cast.ts';
import { startImapServer, type FakeImap } from '../support/imap-server.ts';
import { startScriptedDesk, type ScriptedDesk, type Settings } from '../support/scripted-desk.ts';
import { until } from '../support/until.ts';

/* Servers that stop in the middle, or never end what they say; and what they could not hand over, asked for again. */

let desk: ScriptedDesk;
let server: FakeImap;

beforeAll(async () => {
  desk = await startScriptedDesk();
});

beforeEach(() => desk.start());

afterEach(async () => {
  await desk.rest();
  await server.stop();
});

afterAll(() => desk.stop());

async function serve(settings: Settings = {}): Promise<string> {
  server = await startImapServer();
  return desk.watched(server, settings);
}

test('what the server could not hand over is a ticket at once; tried again it comes, onto that ticket', async () => {
  const account = await serve({ afterStoring: 'delete' });
  server.misbehave({ onFetch: () => 'cut' });
  server.add('Heizung kalt');
  const unfetched = async () => {
    const [row] = await desk.db.owner<
      { id: string; state: string; reason: string; ticketId: string | null; said: number }[]
    >`
      select m.id, m.state, m.reason, m.ticket_id,
        (select count(*)::int from lotse.messages c where c.ticket_id = m.ticket_id) as said
      from lotse.mails m where m.account_id = ${account}
    `;
    return row;
  };
  const failed = await until(async () => {
    const row = await unfetched();
    return row?.state === 'failed' && row;
  });
  expect(failed).toMatchObject({ reason: 'mail.unfetched', said: 1 });
  expect(failed.ticketId).not.toBeNull();
  expect(server.folders.get('INBOX')?.mails).toHaveLength(1);
  // In vain, and told of once more.
  await run(desk.cast.ada, 'mail.retry', { mail: failed.id });
  server.cutAll();
  await until(async () => (await unfetched())?.said === 2);
  await until(async () => (await unfetched())?.state === 'failed');
  // Now the server behaves.
  server.misbehave({});
  await run(desk.cast.ada, 'mail.retry', { mail: failed.id });
  server.cutAll();
  await until(async () => (await unfetched())?.state === 'filed');
  expect(await unfetched()).toMatchObject({ ticketId: failed.ticketId, said: 3 });
  const [row] = await desk.db.owner`
    select c.body_text, m.subject, m.is_partial, m.raw is not null as has_raw
    from lotse.mails m join lotse.messages c on c.id = m.ticket_message_id where m.account_id = ${account}
  `;
  expect(row).toMatchObject({ subject: 'Heizung kalt', isPartial: false, hasRaw: true });
  expect(row?.['bodyText']).toContain('bitte melden Sie sich');
  // Its original is treated like any other.
  await until(() => Promise.resolve(server.folders.get('INBOX')?.mails.length === 0));
}, 180_000);

test('a mail whose mailbox was numbered anew cannot be asked for again, and that is said', async () => {
  const account = await serve();
  await until(async () => (await desk.accountOf(account))?.['reconciledAt']);
  const [{ id = '' } = {}] = await desk.db.owner<{ id: string }[]>`
    insert into lotse.mails (workspace_id, account_id, uid_validity, uid, sha256, size, is_partial, state, reason)
    select workspace_id, id, 1, 5, repeat('0', 64), 10, true, 'failed', 'mail.unfetched'
    from lotse.mail_accounts where id = ${account} returning id
  `;
  await run(desk.cast.ada, 'mail.retry', { mail: id });
  const ended = await until(async () => {
    const [row] = await desk.db.owner`select state, reason, fetch_again, ticket_id from lotse.mails where id = ${id}`;
    return row?.['state'] === 'failed' && row;
  });
  expect(ended).toMatchObject({ reason: 'mail.unfetched', fetchAgain: false });
  expect(ended['ticketId']).not.toBeNull();
});

test('a mail that nobody will ask for any more, since its account was archived, is told of at once', async () => {
  const account = await serve();
  await until(async () => (await desk.accountOf(account))?.['reconciledAt']);
  await run(desk.cast.ada, 'account.change', { account, isPaused: true });
  const [{ id = '' } = {}] = await desk.db.owner<{ id: string }[]>`
    insert into lotse.mails (workspace_id, account_id, uid_validity, uid, sha256, size, is_partial, state, reason)
    select workspace_id, id, uid_validity, 5, repeat('0', 64), 10, true, 'failed', 'mail.unfetched'
    from lotse.mail_accounts where id = ${account} returning id
  `;
  await run(desk.cast.ada, 'mail.retry', { mail: id });
  // Until its mailbox was asked it is nothing for the mail job.
  expect(await mails.next()).toBeNull();
  const [waiting] = await desk.db.owner`select state, attempts from lotse.mails where id = ${id}`;
  expect(waiting).toEqual({ state: 'stored', attempts: 0 });
  await run(desk.cast.ada, 'account.archive', { account });
  const ended = await until(async () => {
    const [row] = await desk.db.owner`select state, reason from lotse.mails where id = ${id}`;
    return row?.['state'] === 'failed' && row;
  });
  expect(ended).toMatchObject({ reason: 'mail.unfetched' });
});

test('while one server stalls in the middle of a mail the others and the desk go on, and then it comes', async () => {
  await desk.impatient({ quietMs: 8_000, commandMs: 600_000 });
  const stalled = await serve();
  const stalling = server;
  const seen: number[] = [];
  stalling.misbehave({ onFetch: (uid) => (seen.push(uid) > 0 ? 'stall' : undefined) });
  stalling.add('Heizung kalt');
  await until(() => Promise.resolve(seen.length > 0));
  server = await startImapServer();
  try {
    const other = await desk.watched(server);
    server.add('Wasser läuft');
    expect(await desk.filed(other, 1)).toEqual(['Wasser läuft']);
    await createTicket(desk.cast);
    // All of that while it stood still; now it goes on.
    stalling.misbehave({});
    expect(await desk.filed(stalled, 1)).toEqual(['Heizung kalt']);
  } finally {
    await desk.rest();
    await stalling.stop();
  }
});

test('a reader keeps its mailbox while a slow server hands over a mail, however long that takes', async () => {
  await desk.impatient({ quietMs: 600_000, commandMs: 600_000, renewMs: 50 });
  const account = await serve();
  const seen: number[] = [];
  server.misbehave({ onFetch: (uid) => (seen.push(uid) > 0 ? 'stall' : undefined) });
  server.add('Heizung kalt');
  await until(() => Promise.resolve(seen.length > 0));
  await desk.db.owner`update lotse.mail_accounts set lease_until = now() + interval '5 seconds' where id = ${account}`;
  await until(async () => {
    const [row] = await desk.db.owner`
      select from lotse.mail_accounts where id = ${account} and lease_until > now() + interval '1 minute'
    `;
    return row;
  });
  server.misbehave({});
  server.cutAll();
  expect(await desk.filed(account, 1)).toEqual(['Heizung kalt']);
});

test('a look for a check’s mail ends, however long its server talks in one command after the other', async () => {
  const account = await serve();
  await until(async () => (await desk.accountOf(account))?.['reconciledAt']);
  server.misbehave({ onDone: (name) => (name === 'LIST' ? 'babble' : undefined) });
  const receiver = (await mails.receiversOf([account])).get(account) ?? expect.fail('no account');
  const wanted = { mark: 'x', since: new Date(), everywhere: true };
  const look = lookFor(receiver, wanted, { foldersMs: 0, wholeMs: 1_000 });
  // Cut by us, and long before that one command would have been.
  await expect(look).rejects.toMatchObject({ code: expect.stringMatching(/^(NoConnection|ClosedAfter)/) });
});

test.each([
  ['UID SEARCH', 'babble'],
  ['SELECT', 'babble'],
  ['UID FETCH', 'babble'],
  ['UID FETCH', 'flags'],
  ['LOGIN', 'babble'],
] as const)(
  'a server that talks for ever instead of ending %s is left, and asked anew (%s)',
  async (command, chatter) => {
    await desk.impatient({ quietMs: 600_000, commandMs: 1_500 });
    server = await startImapServer();
    let times = 1;
    server.misbehave({ onDone: (name) => (name === command && times-- > 0 ? chatter : undefined) });
    server.add('Heizung kalt');
    expect(await desk.filed(await desk.watched(server), 1)).toEqual(['Heizung kalt']);
  },
);
