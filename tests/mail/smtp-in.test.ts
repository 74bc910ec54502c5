import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import { migrate } from '#server/database/migrate.ts';
import { close, open } from '#server/database/pool.ts';
import { store } from '#server/domain/mails.ts';
import { startIntake } from '#server/mail/intake.ts';
import type { Loop } from '#server/mail/loop.ts';
import { stopParsing } from '#server/mail/parse.ts';
import { readHead } from '#server/mail/read-head.ts';
import { startSmtp } from '#server/mail/smtp.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { converse, deliver } from '../support/smtp-client.ts';
import { until } from '../support/until.ts';

const service = 'service@nordlicht.example';
const desk = 'hilfe@suedstern.example';
let db: TestDatabase;
let cast: Cast;
let folder: string;
let account: string;
let smtp: Awaited<ReturnType<typeof startSmtp>>;
let intake: Loop;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  db = await createTestDatabase();
  decide({ FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  cast = await createCast();
  const smtpAccount = { name: 'Service', kind: 'smtp' as const };
  account =
    (await run(cast.ada, 'account.create', { ...smtpAccount, address: service, pool: cast.heating })).result[
      'account'
    ] ?? '';
  const pool = (await run(cast.zoe, 'pool.create', { name: 'Eingang' })).result['pool'] ?? '';
  await run(cast.zoe, 'account.create', { ...smtpAccount, address: desk, pool });
  smtp = await startSmtp({ host: '127.0.0.1', port: 0, onStored: () => intake.poke() });
});

beforeEach(() => {
  intake = startIntake();
});

afterEach(() => intake.stop());

afterAll(async () => {
  await smtp.stop();
  await stopParsing();
  await db.drop();
  await rm(folder, { recursive: true });
});

type Mail = { subject: string; from?: string; text?: string; headers?: string[] };

function raw({ subject, from = 'Petra Weber <petra.weber@example.org>', text = 'Guten Tag.', headers = [] }: Mail) {
  const id = `<${subject.replace(/\W+/g, '.')}@example.org>`;
  const head = [`From: ${from}`, `To: ${service}`, `Subject: ${subject}`, `Message-ID: ${id}`, ...headers];
  return [...head, '', text].join('\r\n');
}

type Row = {
  id: string;
  state: string;
  reason: string;
  ticketId: string | null;
  ticketMessageId: string | null;
  storageKey: string | null;
  workspaceId: string;
  fromAddress: string;
};

/** The rows of the ledger with this subject, once there are so many that came to their end. */
function ledger(subject: string, count = 1): Promise<Row[]> {
  return until(async () => {
    const rows = await db.owner<Row[]>`
      select id, state, reason, ticket_id, ticket_message_id, storage_key, workspace_id, from_address from lotse.mails
      where subject = ${subject} and state in ('filed', 'ignored', 'failed')
      order by received_at
    `;
    return rows.length >= count && [...rows];
  });
}

test('while the database is away the sender keeps his mail, and his next try is taken', async () => {
  const mail = raw({ subject: 'Stromausfall' });
  await close();
  open('postgres://nobody:x@127.0.0.1:1/nothing', { connections: 2, name: 'dead' });
  expect(await deliver(smtp.port, mail, { to: [service] })).toMatch(/^451 /);
  await close();
  open(await migrate(db.url), { connections: 8, name: 'lotse test' });
  expect(await deliver(smtp.port, mail, { to: [service] })).toMatch(/^250 /);
  expect(await ledger('Stromausfall')).toMatchObject([{ state: 'filed', reason: 'ticket.created' }]);
});

test('a mail to two accounts is decided by each for itself', async () => {
  expect(await deliver(smtp.port, raw({ subject: 'An beide' }), { to: [service, desk] })).toMatch(/^250 /);
  const rows = await ledger('An beide', 2);
  expect(rows).toMatchObject([{ reason: 'ticket.created' }, { reason: 'ticket.created' }]);
  expect(new Set(rows.map((row) => row.workspaceId))).toEqual(new Set([cast.workspaceId, cast.zoe.workspaceId]));
});

test('a mail that is too large is refused, whether its size was told before or not', async () => {
  const small = await startSmtp({ host: '127.0.0.1', port: 0, onStored: () => undefined, bytes: 100_000 });
  expect(await converse(small.port, ['EHLO relay', 'MAIL FROM:<a@example.org> SIZE=200000'])).toContainEqual(
    expect.stringMatching(/^552 /),
  );
  expect(await deliver(small.port, raw({ subject: 'Riesig', text: 'x'.repeat(200_000) }), { to: [service] })).toMatch(
    /^552 /,
  );
  expect(await deliver(small.port, raw({ subject: 'Klein' }), { to: [service] })).toMatch(/^250 /);
  await small.stop();
});

test('a mail whose sender hangs up in the middle is nobody’s mail yet', async () => {
  const lines = ['EHLO relay', 'MAIL FROM:<a@example.org>', `RCPT TO:<${service}>`, 'DATA'];
  const replies = await converse(smtp.port, lines, 'Subject: Abgerissen\r\n\r\nhalb');
  expect(replies.at(-1)).toMatch(/^354 /);
  expect(await deliver(smtp.port, raw({ subject: 'Danach' }), { to: [service] })).toMatch(/^250 /);
  await ledger('Danach');
  const halves = await db.owner`select id from lotse.mails where convert_from(raw, 'utf8') like '%Abgerissen%'`;
  expect(halves).toEqual([]);
});

test('the same bytes again are a duplicate in the ledger and no second ticket', async () => {
  const mail = raw({ subject: 'Doppelt' });
  // The reply to the first was lost on its way: the relay sends again. Three at once meet in two workers.
  await Promise.all([
    deliver(smtp.port, mail, { to: [service] }),
    deliver(smtp.port, mail, { to: [service] }),
    deliver(smtp.port, mail, { to: [service] }),
  ]);
  const rows = await ledger('Doppelt', 3);
  expect(rows.map((row) => row.reason).sort()).toEqual(['duplicate', 'duplicate', 'ticket.created']);
  const tickets = await db.owner`select id from lotse.tickets where subject = 'Doppelt'`;
  expect(tickets).toHaveLength(1);
});

test('the id of another mail suppresses nothing: other bytes are another mail', async () => {
  const headers = ['In-Reply-To: <nothing@example.org>'];
  await deliver(smtp.port, raw({ subject: 'Gleiche Kennung' }), { to: [service] });
  await deliver(smtp.port, raw({ subject: 'Gleiche Kennung', text: 'Ganz anders.', headers }), { to: [service] });
  expect(await ledger('Gleiche Kennung', 2)).toMatchObject([{ state: 'filed' }, { state: 'filed' }]);
});

test('a mail that cannot be filed is quarantined alone, says whose it is, and is filed when it is tried again', async () => {
  await intake.stop();
  const poison = raw({ subject: 'Unleserlich', text: 'Viel Text.\r\n'.repeat(30_000) });
  expect(await deliver(smtp.port, poison, { to: [service] })).toMatch(/^250 /);
  const [stored] = await db.owner<Row[]>`select storage_key from lotse.mails where storage_key is not null`;
  const path = join(folder, stored?.storageKey?.slice(0, 2) ?? '', stored?.storageKey ?? '');
  await rename(path, `${path}.away`);
  intake = startIntake();
  await deliver(smtp.port, raw({ subject: 'Unbeteiligt' }), { to: [service] });
  expect(await ledger('Unbeteiligt')).toMatchObject([{ state: 'filed' }]);
  const failed = await until(async () => {
    const [row] = await db.owner<Row[]>`
      update lotse.mails set next_attempt_at = now() where storage_key is not null and attempts < 3 and reason <> '' returning id
    `;
    if (row) intake.poke();
    return (await db.owner<Row[]>`select id, state, reason from lotse.mails where state = 'failed'`)[0];
  });
  expect(failed).toMatchObject({ reason: 'file.notFound' });
  await rename(`${path}.away`, path);
  await run(cast.ada, 'mail.retry', { mail: failed.id });
  intake.poke();
  expect(await ledger('Unleserlich')).toMatchObject([{ state: 'filed', reason: 'ticket.created' }]);
});

test('a mail that every worker dies over is quarantined, with its sender and subject', async () => {
  await intake.stop();
  await deliver(smtp.port, raw({ subject: 'Absturz' }), { to: [service] });
  // Ten workers took it and none came back.
  await db.owner`update lotse.mails set attempts = 10 where state = 'stored'`;
  intake = startIntake();
  expect(await ledger('Absturz')).toMatchObject([
    { state: 'failed', reason: 'mail.interrupted', fromAddress: 'petra.weber@example.org' },
  ]);
});

test('a book of a mail is filed and cut, not quarantined', async () => {
  await deliver(smtp.port, raw({ subject: 'Buch', text: 'a & b\r\n'.repeat(180_000) }), { to: [service] });
  expect(await ledger('Buch')).toMatchObject([{ state: 'filed' }]);
});

test('a sender that is no address at all is still a sender', async () => {
  await deliver(smtp.port, raw({ subject: 'Kaputt', from: 'Scanner <scanner>' }), {
    to: [service],
    from: 'geraet@example.org',
  });
  const [row] = await ledger('Kaputt');
  expect(row).toMatchObject({ state: 'filed' });
  const [contact] = await db.owner`
    select a.address from lotse.tickets t join lotse.contact_addresses a on a.contact_id = t.requester_id where t.id = ${row?.ticketId ?? ''}
  `;
  expect(contact).toEqual({ address: 'geraet@example.org' });
});

test('a paused account asks senders to come back later', async () => {
  await run(cast.ada, 'account.change', { account, isPaused: true });
  expect(await deliver(smtp.port, raw({ subject: 'Pause' }), { to: [service] })).toMatch(/^450 /);
  await run(cast.ada, 'account.change', { account, isPaused: false });
  expect(await deliver(smtp.port, raw({ subject: 'Pause' }), { to: [service] })).toMatch(/^250 /);
});

test('a member who answers from his mail program comments, and the customer sees nothing of it', async () => {
  await deliver(smtp.port, raw({ subject: 'Aufzug' }), { to: [service] });
  const [first] = await ledger('Aufzug');
  const ticket = first?.ticketId ?? '';
  const { number } =
    (await db.owner<{ number: number }[]>`select number from lotse.tickets where id = ${ticket}`)[0] ?? {};
  const { replyAddressFor } = await import('#server/mail/thread-ids.ts');
  const { secretFor } = await import('#server/database/keys.ts');
  const to = replyAddressFor(await secretFor('mail'), service, { workspaceId: cast.workspaceId, number: number ?? 0 });
  const from = 'Mona Reis <mona.reis@nordlicht.example>';
  await deliver(smtp.port, raw({ subject: 'Re Aufzug', from, text: 'Der Kunde ist schwierig.' }), { to: [to] });
  const [reply] = await ledger('Re Aufzug');
  expect(reply).toMatchObject({ reason: 'ticket.commented by address', ticketId: ticket });
  const [message] = await db.owner`select * from lotse.messages where id = ${reply?.ticketMessageId ?? ''}`;
  expect(message).toMatchObject({ kind: 'comment', visibility: 'internal', verified: false, authorContactId: null });
  expect(message?.['bodyText']).toMatch(/^Unbestätigte E-Mail im Namen von mona\.reis@nordlicht\.example\./);
  const people = await db.owner`select contact_id from lotse.ticket_customers where ticket_id = ${ticket}`;
  expect(people).toEqual([{ contactId: cast.weber }]);
  const leaving =
    await db.owner`select id from lotse.outgoing_mails where ticket_message_id = ${reply?.ticketMessageId ?? ''}`;
  expect(leaving).toEqual([]);
  // The number alone is no proof: it makes a ticket of its own, as for everybody.
  await deliver(smtp.port, raw({ subject: `[#${number}] Aufzug`, from, text: 'Bitte Konto ändern.' }), {
    to: [service],
  });
  expect(await ledger(`[#${number}] Aufzug`)).toMatchObject([{ reason: 'ticket.created, maybe' }]);
});

test('a mail that is under way when its account is paused is not taken: its server keeps it', async () => {
  const bytes = Buffer.from(raw({ subject: 'Mitten in die Pause' }));
  await run(cast.ada, 'account.change', { account, isPaused: true });
  const home = { id: account, workspaceId: cast.workspaceId };
  const envelope = { from: 'petra.weber@example.org', to: [service] };
  await expect(store({ account: home, raw: bytes, head: readHead(bytes), envelope })).rejects.toMatchObject({
    code: 'account.paused',
  });
  expect(await db.owner`select from lotse.mails where subject = 'Mitten in die Pause'`).toHaveLength(0);
  await run(cast.ada, 'account.change', { account, isPaused: false });
});
