import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import { secretFor } from '#server/database/keys.ts';
import * as mails from '#server/domain/mails.ts';
import { startIntake } from '#server/mail/intake.ts';
import type { Loop } from '#server/mail/loop.ts';
import { stopParsing } from '#server/mail/parse.ts';
import { readHead } from '#server/mail/read-head.ts';
import { replyAddressFor } from '#server/mail/thread-ids.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

const service = 'service@nordlicht.example';
let db: TestDatabase;
let cast: Cast;
let folder: string;
let account: string;
let intake: Loop;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  db = await createTestDatabase();
  decide({ FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  cast = await createCast();
  const input = {
    name: 'Service',
    address: service,
    pool: cast.heating,
    kind: 'smtp',
    authservId: 'mx.example',
  } as const;
  account = (await run(cast.ada, 'account.create', input)).result['account'] ?? '';
  intake = startIntake();
});

afterAll(async () => {
  await intake.stop();
  await stopParsing();
  await db.drop();
  await rm(folder, { recursive: true });
});

type Mail = { subject: string; from: string; dmarc?: string; to?: string; fields?: string[] };

async function arrive({ subject, from, dmarc, to = service, fields = [] }: Mail) {
  const results = dmarc ? [`Authentication-Results: mx.example; dmarc=${dmarc}`] : [];
  const head = [
    ...results,
    ...fields,
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Message-ID: <${subject}@example.org>`,
  ];
  const raw = Buffer.from([...head, '', `Zu ${subject}.`].join('\r\n'));
  const of = { id: account, workspaceId: cast.workspaceId };
  await mails.store({ account: of, raw, head: readHead(raw), envelope: { from, to: [to] } });
  intake.poke();
  return until(async () => {
    const [row] = await db.owner<{ reason: string; ticketId: string; ticketMessageId: string; number: number }[]>`
      select m.reason, m.ticket_id, m.ticket_message_id, t.number
      from lotse.mails m join lotse.tickets t on t.id = m.ticket_id
      where m.subject = ${subject} and m.state = 'filed'
    `;
    return row;
  });
}

async function messageOf(id: string) {
  const [message] = await db.owner`
    select kind, visibility, verified, author_member_id, author_contact_id, body_text from lotse.messages where id = ${id}
  `;
  return message;
}

async function replyTo(number: number): Promise<string> {
  return replyAddressFor(await secretFor('mail'), service, { workspaceId: cast.workspaceId, number });
}

test('a customer whose address fails DMARC is a stranger on his own ticket', async () => {
  const { number, ticketId } = await arrive({ subject: 'Rohr', from: 'petra.weber@example.org', dmarc: 'pass' });
  const to = await replyTo(number);
  const forged = await arrive({ subject: 'Re.Rohr', from: 'petra.weber@example.org', dmarc: 'fail', to });
  expect(forged.ticketId).toBe(ticketId);
  expect(await messageOf(forged.ticketMessageId)).toMatchObject({ verified: false });
  // By the number alone he reaches nothing.
  const guessed = await arrive({ subject: `[#${number}] x`, from: 'petra.weber@example.org', dmarc: 'fail' });
  expect(guessed.ticketId).not.toBe(ticketId);
  const real = await arrive({ subject: 'Re.Re.Rohr', from: 'petra.weber@example.org', dmarc: 'pass', to });
  expect(await messageOf(real.ticketMessageId)).toMatchObject({ verified: true });
});

test('a colleague comments by mail in his own name only when DMARC proves him and he holds a token', async () => {
  const { number, ticketId } = await arrive({ subject: 'Lift', from: 'petra.weber@example.org' });
  const to = await replyTo(number);
  const mona = 'mona.reis@nordlicht.example';
  const proven = await arrive({ subject: 'Re.Lift', from: mona, dmarc: 'pass header.from=nordlicht.example', to });
  expect(proven).toMatchObject({ ticketId, reason: 'ticket.commented by address' });
  expect(await messageOf(proven.ticketMessageId)).toEqual({
    kind: 'comment',
    visibility: 'internal',
    verified: true,
    authorMemberId: cast.mona.memberId,
    authorContactId: null,
    bodyText: 'Zu Re.Lift.',
  });
  const claimed = await arrive({ subject: 'Re.Re.Lift', from: mona, to });
  expect(await messageOf(claimed.ticketMessageId)).toMatchObject({ verified: false, authorMemberId: null });
  const forged = await arrive({ subject: 'Re.Re.Re.Lift', from: mona, dmarc: 'fail', to });
  expect(await messageOf(forged.ticketMessageId)).toMatchObject({ verified: false, authorMemberId: null });
});

type HandedOn = { author?: string; dmarc?: string; to?: string };

/** What a group makes of a mail whose domain lets nobody else send in its name. */
const handedOn = (subject: string, { author = 'petra.weber@example.org', dmarc = 'pass', ...rest }: HandedOn = {}) =>
  arrive({
    subject,
    from: `"'Petra Weber' via Support" <support@group.example>`,
    dmarc: `${dmarc} header.from=group.example`,
    fields: [
      'List-Post: <mailto:support@group.example>',
      `X-Original-From: Petra Weber <${author}>`,
      `Reply-To: ${author}`,
    ],
    ...rest,
  });

test('what a group handed on is of the person behind it, unproven: an answer goes to him, and no right of his is used', async () => {
  const { ticketId, ticketMessageId, number } = await handedOn('Leck', { author: 'neu@muster.example' });
  const [ticket] = await db.owner<{ address: string; verdicts: string[]; fromAddress: string }[]>`
    select a.address, m.verdicts, m.from_address
    from lotse.tickets t
    join lotse.contact_addresses a on a.contact_id = t.requester_id
    join lotse.mails m on m.ticket_id = t.id
    where t.id = ${ticketId}
  `;
  expect(ticket).toMatchObject({ address: 'neu@muster.example', fromAddress: 'neu@muster.example' });
  expect(ticket?.verdicts).toContain('handed_on');
  // The group was proven, he was not: his pictures, say, are a stranger's.
  expect(ticket?.verdicts).not.toContain('proven');
  expect(await messageOf(ticketMessageId)).toMatchObject({ visibility: 'public', verified: false });
  const said = { ticket: ticketId, kind: 'message', visibility: 'public', html: '<p>Wir kommen.</p>' } as const;
  const { message = '' } = (await run(cast.mona, 'message.post', said)).result;
  const [answer] = await db.owner`select to_address from lotse.outgoing_mails where ticket_message_id = ${message}`;
  expect(answer).toEqual({ toAddress: 'neu@muster.example' });
  // Though it is his own ticket, by its number the group's word reaches nothing, and with our address it is a stranger's.
  const guessed = await handedOn(`[#${number}] y`, { author: 'neu@muster.example' });
  expect(guessed.ticketId).not.toBe(ticketId);
  const answered = await handedOn('Re.Leck', { author: 'neu@muster.example', to: await replyTo(number) });
  expect(answered.ticketId).toBe(ticketId);
  expect(await messageOf(answered.ticketMessageId)).toMatchObject({ visibility: 'public', verified: false });
});

test('a group names no colleague as its author, nor anybody at all while it is not proven itself', async () => {
  const { number, ticketId } = await arrive({ subject: 'Tor', from: 'petra.weber@example.org', dmarc: 'pass' });
  const to = await replyTo(number);
  const colleague = await handedOn('Re.Tor', { author: 'mona.reis@nordlicht.example', to });
  expect(colleague.ticketId).toBe(ticketId);
  expect(await messageOf(colleague.ticketMessageId)).toMatchObject({ authorMemberId: null, verified: false });
  const forged = await handedOn('Fenster', { dmarc: 'fail' });
  const [requester] = await db.owner`
    select a.address from lotse.tickets t join lotse.contact_addresses a on a.contact_id = t.requester_id where t.id = ${forged.ticketId}
  `;
  expect(requester).toEqual({ address: 'support@group.example' });
  expect(await messageOf(forged.ticketMessageId)).toMatchObject({ verified: false });
});

test('a mail that nobody can read becomes a ticket that says so, with the mail as a file, and is filed there when it is tried again', async () => {
  await intake.stop();
  const raw = Buffer.from('From: Petra <petra.weber@example.org>\r\nSubject: Kaputt\r\nMessage-ID: <k@x>\r\n\r\nText');
  const of = { id: account, workspaceId: cast.workspaceId };
  await mails.store({ account: of, raw, head: readHead(raw), envelope: { from: '', to: [service] } });
  // Ten workers took it and none came back.
  await db.owner`update lotse.mails set attempts = 10 where state = 'stored'`;
  intake = startIntake();
  const failed = await until(async () => {
    const [row] = await db.owner<{ id: string; ticketId: string; ticketMessageId: string }[]>`
      select id, ticket_id, ticket_message_id from lotse.mails where state = 'failed' and ticket_id is not null
    `;
    return row;
  });
  const [ticket] =
    await db.owner`select subject, requester_id, pool_id from lotse.tickets where id = ${failed.ticketId}`;
  expect(ticket).toEqual({
    subject: 'E-Mail konnte nicht gelesen werden: Kaputt',
    requesterId: cast.weber,
    poolId: cast.heating,
  });
  expect(await messageOf(failed.ticketMessageId)).toMatchObject({ kind: 'comment', visibility: 'internal' });
  const [file] =
    await db.owner`select name, mime, size::int, visibility from lotse.files where ticket_id = ${failed.ticketId}`;
  expect(file).toEqual({ name: 'mail.eml', mime: 'message/rfc822', size: raw.length, visibility: 'internal' });
  const leaving = await db.owner`select from lotse.outgoing_mails where ticket_id = ${failed.ticketId}`;
  expect(leaving).toHaveLength(0);
  // Nobody is asked where it belongs: its ticket is there.
  await db.owner`update lotse.mail_accounts set asks_first = true where id = ${account}`;
  await run(cast.ada, 'mail.retry', { mail: failed.id });
  intake.poke();
  await until(async () => (await db.owner`select from lotse.mails where id = ${failed.id} and state = 'filed'`).length);
  const messages = await db.owner`
    select kind, body_text from lotse.messages where ticket_id = ${failed.ticketId} order by created_at
  `;
  await db.owner`update lotse.mail_accounts set asks_first = false where id = ${account}`;
  expect(messages.map(({ kind }) => String(kind))).toEqual(['comment', 'message']);
  const [count] = await db.owner`select count(*)::int from lotse.tickets where subject like '%Kaputt%'`;
  expect(count).toEqual({ count: 1 });
});
