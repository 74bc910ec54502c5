import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { asMember, asSystem } from '#server/database/actor.ts';
import { latestMails, sourceOf } from '#server/domain/ledger.ts';
import { latestOutgoing, outgoingById, troubled } from '#server/domain/outbox.ts';
import { addMember, createCast, createTicket, refusal, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let db: TestDatabase;
let cast: Cast;
let account: string;

beforeAll(async () => {
  db = await createTestDatabase();
  cast = await createCast();
  const input = { name: 'Service', address: 'service@nordlicht.example', pool: cast.heating, kind: 'smtp' } as const;
  account = (await run(cast.ada, 'account.create', input)).result['account'] ?? '';
});
beforeEach(() => db.owner`truncate lotse.mails, lotse.outgoing_mails cascade`);
afterAll(() => db.drop());

type Row = Record<string, unknown>;

async function addMail(row: Row = {}): Promise<string> {
  const raw = Buffer.from('Subject: Kalt\r\n\r\nHallo');
  const whole = {
    workspaceId: cast.workspaceId,
    accountId: account,
    sha256: '0'.repeat(64),
    size: raw.length,
    raw,
    ...row,
  };
  const [made] = await asSystem(
    null,
    ({ sql }) => sql<{ id: string }[]>`
    insert into lotse.mails ${sql(whole)} returning id
  `,
  );
  return made?.id ?? '';
}

async function addOutgoing(row: Row = {}): Promise<string> {
  const whole = { workspaceId: cast.workspaceId, kind: 'confirmation', toAddress: 'petra.weber@example.org', ...row };
  const [made] = await asSystem(
    null,
    ({ sql }) => sql<{ id: string }[]>`
    insert into lotse.outgoing_mails ${sql(whole)} returning id
  `,
  );
  return made?.id ?? '';
}

test('a failed mail is shown to administrators and can be tried again by them alone', async () => {
  const mail = await addMail({ state: 'failed', reason: 'unreadable: header', subject: 'Kalt' });
  expect(await asMember(cast.ada, (tx) => latestMails(tx))).toMatchObject([
    { id: mail, state: 'failed', subject: 'Kalt' },
  ]);
  expect(await asMember(cast.ada, troubled)).toEqual({ incoming: 1, outgoing: 0 });
  expect(await asMember(cast.mona, (tx) => latestMails(tx))).toEqual([]);
  expect(await asMember(cast.zoe, (tx) => latestMails(tx))).toEqual([]);
  expect(await refusal(cast.mona, 'mail.retry', { mail })).toBe('mail.notFound');
  await run(cast.ada, 'mail.retry', { mail });
  expect(await asMember(cast.ada, (tx) => latestMails(tx, { states: ['stored'] }))).toMatchObject([
    { id: mail, reason: '' },
  ]);
});

test('the source of a mail is its bytes, for administrators of its workspace only', async () => {
  const ticketId = await createTicket(cast);
  const mail = await addMail({ state: 'filed', ticketId });
  const source = await asMember(cast.ada, (tx) => sourceOf(tx, mail));
  expect(source.bytes.toString()).toBe('Subject: Kalt\r\n\r\nHallo');
  // Ben sees the ticket and with it the row, but the source may tell of more than the ticket.
  for (const person of [cast.ben, cast.mona, cast.zoe]) {
    await expect(asMember(person, (tx) => sourceOf(tx, mail))).rejects.toThrow('mail.notFound');
  }
});

test('older mails follow without a gap, also when many came at the same moment', async () => {
  const receivedAt = '2026-11-02T08:00:00.123Z';
  for (let i = 0; i < 120; i++) await addMail({ receivedAt });
  const seen = new Set<string>();
  let before: string | undefined;
  for (let page = 0; page < 3; page++) {
    const mails = await asMember(cast.ada, (tx) => latestMails(tx, { before }));
    for (const { id } of mails.slice(0, 50)) seen.add(id);
    before = mails[49]?.id;
  }
  expect(seen.size).toBe(120);
});

test('sign-in mails are never shown, whoever asks', async () => {
  const secret = await addOutgoing({ workspaceId: null, kind: 'magicLink', toAddress: 'ben@nordlicht.example' });
  expect(await asMember(cast.ada, (tx) => latestOutgoing(tx))).toEqual([]);
  await expect(asMember(cast.ada, (tx) => outgoingById(tx, secret))).rejects.toThrow('outgoing.notFound');
  expect(await refusal(cast.ada, 'outgoing.retry', { outgoing: secret })).toBe('outgoing.notFound');
});

test('the bytes of a mail, with the customer’s own link in them, are for those who may write on its ticket', async () => {
  const ticketId = await createTicket(cast);
  const mail = await addOutgoing({
    ticketId,
    bytes: Buffer.from('Subject: x\r\n\r\nhttp://localhost/t/secret'),
    state: 'held',
  });
  const bytesFor = async (who: typeof cast.ada) => (await asMember(who, (tx) => outgoingById(tx, mail))).bytes;
  expect((await bytesFor(cast.ada))?.toString()).toContain('/t/secret');
  const reader = await addMember(cast.workspaceId, 'Ilse Brandt', 'member');
  await run(cast.ada, 'pool.setAccess', { pool: cast.heating, member: reader.memberId, allowed: true });
  expect(await bytesFor(reader)).toBeNull();
  await expect(bytesFor(cast.zoe)).rejects.toThrow('outgoing.notFound');
});

test('what failed can be sent again, what was sent cannot', async () => {
  const ticketId = await createTicket(cast);
  const failed = await addOutgoing({ ticketId, state: 'failed', response: '550 no such user', attempts: 3 });
  const sent = await addOutgoing({ ticketId, state: 'sent', toAddress: 'john.smith@example.com' });
  expect(await asMember(cast.ada, troubled)).toEqual({ incoming: 0, outgoing: 1 });
  expect(await refusal(cast.ada, 'outgoing.retry', { outgoing: sent })).toBe('outgoing.notFound');
  await run(cast.ada, 'outgoing.retry', { outgoing: failed });
  const again = await asMember(cast.ada, (tx) => outgoingById(tx, failed));
  expect(again).toMatchObject({ state: 'queued', attempts: 0, response: '' });
});
