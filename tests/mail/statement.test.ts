import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import { asLink, asMember } from '#server/database/actor.ts';
import { conversation } from '#server/domain/conversation.ts';
import { startMail } from '#server/mail/index.ts';
import { createCast, createTicket, linkFor, refusal, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startSink, type Sink } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';

let db: TestDatabase;
let cast: Cast;
let sink: Sink;
let bridge: Awaited<ReturnType<typeof startMail>>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  sink = await startSink();
  db = await createTestDatabase();
  decide({ SMTP_URL: sink.url, SMTP_IN_PORT: '0', FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  cast = await createCast();
  const service = { name: 'Service', address: 'service@nordlicht.example', pool: cast.heating, kind: 'smtp' as const };
  await run(cast.ada, 'account.create', service);
  bridge = await startMail();
});

afterAll(async () => {
  await bridge.stop();
  await sink.stop();
  await db.drop();
  await rm(folder, { recursive: true });
});

type Reply = { from: string; to: string; text: string; inReplyTo?: string; proof?: string };

async function reply({ from, to, text, inReplyTo, proof }: Reply) {
  const transport = createTransport({ host: '127.0.0.1', port: bridge.smtpPort ?? 0, secure: false, ignoreTLS: true });
  const mail = { from, to, text, subject: 'Re: Stellungnahme', messageId: `<${randomUUID()}@gutachten.example>` };
  const headers = proof ? { 'Authentication-Results': proof } : {};
  await transport.sendMail({ ...mail, headers, ...(inReplyTo ? { inReplyTo } : {}) });
  transport.close();
}

/** A ticket with a public and an internal word, about which somebody was asked; and the mail he got. */
async function consulted(address: string, answers: 'internal' | 'public') {
  const ticket = await createTicket(cast, { member: cast.ben.memberId });
  const say = (visibility: 'public' | 'internal', html: string) =>
    run(cast.ben, 'message.post', { ticket, kind: visibility === 'public' ? 'message' : 'comment', visibility, html });
  await say('public', '<p>Wir prüfen das.</p>');
  await say('internal', '<p>geheime Notiz</p>');
  await run(cast.ben, 'ticket.consult', {
    ticket,
    kind: 'statement',
    to: [address],
    html: `<p>Bitte ${address}</p>`,
    answers,
  });
  const { mail, raw } = await sink.next((each) => each.raw.includes(address) && each.raw.includes('Bitte'));
  return { ticket, mail, raw: raw.toString() };
}

const said = (ticket: string) => asMember(cast.mona, (tx) => conversation(tx, ticket), { readOnly: true });

const arrives = (ticket: string, text: string) =>
  until(async () => (await said(ticket)).messages.find(({ html }) => html.includes(text)));

test('the person gets the words and the public course, and no link to the ticket', async () => {
  const { mail, ticket } = await consulted('haas@gutachten.example', 'internal');
  const whole = `${mail.text ?? ''}${mail.html || ''}`;
  expect(whole).toContain('Wir prüfen das.');
  expect(whole).not.toContain('geheime Notiz');
  expect(whole).not.toContain('desk.example.org');
  const links = await db.owner`
    select l.id from lotse.ticket_links l join lotse.contact_addresses a on a.contact_id = l.contact_id
    where l.ticket_id = ${ticket} and a.address = 'haas@gutachten.example'
  `;
  expect(links).toEqual([]);
  const asked = (await said(ticket)).messages.find(({ occasion }) => occasion === 'statement');
  expect(asked).toMatchObject({ visibility: 'internal', deliveries: [{ to: 'haas@gutachten.example' }] });
});

test('an answer to the signed address is an internal entry that says whose it is, and no customer sees', async () => {
  const { ticket, mail } = await consulted('igel@gutachten.example', 'internal');
  // Another address than the one that was asked, and no thread: the address alone says what it answers.
  await reply({ from: 'privat@igel.example', to: mail.replyTo?.value[0]?.address ?? '', text: 'Das ist Verschleiß.' });
  const entry = await arrives(ticket, 'Verschleiß');
  expect(entry).toMatchObject({ visibility: 'internal', kind: 'comment', occasion: 'statement' });
  expect(entry?.html).toContain('privat@igel.example');
  const customer = await linkFor(cast, ticket);
  const seen = await asLink(customer, (tx) => conversation(tx, ticket), { readOnly: true });
  expect(JSON.stringify(seen)).not.toContain('Verschleiß');
  const [state] = await db.owner`
    select answered_at is not null as is_answered, (select waiting_since from lotse.tickets t where t.id = c.ticket_id)
    from lotse.consultations c where ticket_id = ${ticket}
  `;
  expect(state).toEqual({ isAnswered: true, waitingSince: null });
});

test('asked for the customer to read, the answer is public, and its writer still no part of the ticket', async () => {
  const { ticket, mail } = await consulted('jung@gutachten.example', 'public');
  await reply({
    from: 'jung@gutachten.example',
    to: 'service@nordlicht.example',
    text: 'Fachgerecht montiert.',
    inReplyTo: mail.messageId ?? '',
  });
  const entry = await arrives(ticket, 'Fachgerecht');
  expect(entry).toMatchObject({ visibility: 'public', kind: 'message', occasion: 'statement', isVerified: true });
  const customers = await db.owner`
    select 1 from lotse.ticket_customers tc join lotse.contact_addresses a on a.contact_id = tc.contact_id
    where tc.ticket_id = ${ticket} and a.address = 'jung@gutachten.example'
  `;
  expect(customers).toEqual([]);
});

test('an answer that only claims to be his is heard, and marked', async () => {
  const { ticket, mail } = await consulted('kern@gutachten.example', 'public');
  await db.owner`update lotse.mail_accounts set authserv_id = 'mx.example.org'`;
  const to = mail.replyTo?.value[0]?.address ?? '';
  const proof = 'mx.example.org; dmarc=fail header.from=gutachten.example';
  await reply({ from: 'kern@gutachten.example', to, text: 'Alles in Ordnung.', proof });
  expect(await arrives(ticket, 'Alles in Ordnung')).toMatchObject({ occasion: 'statement', isVerified: false });
  await db.owner`update lotse.mail_accounts set authserv_id = ''`;
});

test('of an internal ticket nothing is passed on, nor to the desk itself, nor by who may not work on it', async () => {
  const ticket = await createTicket(cast, { member: cast.ben.memberId });
  const input = { ticket, kind: 'forward' as const, to: ['lob@example.net'], html: '<p>Ein Lob</p>' };
  expect(await refusal(cast.gus, 'ticket.consult', input)).toBe('ticket.notFound');
  expect(await refusal(cast.ben, 'ticket.consult', { ...input, to: ['service@nordlicht.example'] })).toBe(
    'consult.ownAddress',
  );
  await run(cast.ben, 'ticket.setVisibility', { ticket, visibility: 'internal' });
  expect(await refusal(cast.ben, 'ticket.consult', input)).toBe('ticket.isInternal');
});
