import { randomUUID } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asLink, asMember } from '#server/database/actor.ts';
import { conversation } from '#server/domain/conversation.ts';
import { startBridgeDesk, type BridgeDesk } from '../support/bridge-desk.ts';
import { createTicket, linkFor, refusal, run } from '../support/cast.ts';
import { until } from '../support/until.ts';

let desk: BridgeDesk;

beforeAll(async () => {
  desk = await startBridgeDesk();
  const { cast } = desk;
  const service = { name: 'Service', address: 'service@nordlicht.example', pool: cast.heating, kind: 'smtp' as const };
  await run(cast.ada, 'account.create', service);
});

afterAll(() => desk.stop());

type Reply = { from: string; to: string; text: string; inReplyTo?: string; proof?: string };

async function reply({ from, to, text, inReplyTo, proof }: Reply) {
  const transport = createTransport({ host: '127.0.0.1', port: desk.port, secure: false, ignoreTLS: true });
  const mail = { from, to, text, subject: 'Re: Stellungnahme', messageId: `<${randomUUID()}@gutachten.example>` };
  const headers = proof ? { 'Authentication-Results': proof } : {};
  await transport.sendMail({ ...mail, headers, ...(inReplyTo ? { inReplyTo } : {}) });
  transport.close();
}

/** A ticket with a public and an internal word, about which somebody was asked; and the mail he got. */
async function consulted(address: string, answers: 'internal' | 'public') {
  const ticket = await createTicket(desk.cast, { member: desk.cast.ben.memberId });
  const say = (visibility: 'public' | 'internal', html: string) =>
    run(desk.cast.ben, 'message.post', {
      ticket,
      kind: visibility === 'public' ? 'message' : 'comment',
      visibility,
      html,
    });
  await say('public', '<p>Wir prüfen das.</p>');
  await say('internal', '<p>geheime Notiz</p>');
  await run(desk.cast.ben, 'ticket.consult', {
    ticket,
    kind: 'statement',
    to: [address],
    html: `<p>Bitte ${address}</p>`,
    answers,
  });
  const { mail, raw } = await desk.sink.next((each) => each.raw.includes(address) && each.raw.includes('Bitte'));
  return { ticket, mail, raw: raw.toString() };
}

const said = (ticket: string) => asMember(desk.cast.mona, (tx) => conversation(tx, ticket), { readOnly: true });

const arrives = (ticket: string, text: string) =>
  until(async () => (await said(ticket)).messages.find(({ html }) => html.includes(text)));

test('the person gets the words and the public course, and no link to the ticket', async () => {
  const { mail, ticket } = await consulted('haas@gutachten.example', 'internal');
  const whole = `${mail.text ?? ''}${mail.html || ''}`;
  expect(whole).toContain('Wir prüfen das.');
  expect(whole).not.toContain('geheime Notiz');
  expect(whole).not.toContain('desk.example.org');
  const links = await desk.db.owner`
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
  const customer = await linkFor(desk.cast, ticket);
  const seen = await asLink(customer, (tx) => conversation(tx, ticket), { readOnly: true });
  expect(JSON.stringify(seen)).not.toContain('Verschleiß');
  const [state] = await desk.db.owner`
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
  const customers = await desk.db.owner`
    select 1 from lotse.ticket_customers tc join lotse.contact_addresses a on a.contact_id = tc.contact_id
    where tc.ticket_id = ${ticket} and a.address = 'jung@gutachten.example'
  `;
  expect(customers).toEqual([]);
});

test('an answer that only claims to be his is heard, and marked', async () => {
  const { ticket, mail } = await consulted('kern@gutachten.example', 'public');
  await desk.db.owner`update lotse.mail_accounts set authserv_id = 'mx.example.org'`;
  const to = mail.replyTo?.value[0]?.address ?? '';
  const proof = 'mx.example.org; dmarc=fail header.from=gutachten.example';
  await reply({ from: 'kern@gutachten.example', to, text: 'Alles in Ordnung.', proof });
  expect(await arrives(ticket, 'Alles in Ordnung')).toMatchObject({ occasion: 'statement', isVerified: false });
  await desk.db.owner`update lotse.mail_accounts set authserv_id = ''`;
});

test('of an internal ticket nothing is passed on, nor to the desk itself, nor by who may not work on it', async () => {
  const ticket = await createTicket(desk.cast, { member: desk.cast.ben.memberId });
  const input = { ticket, kind: 'forward' as const, to: ['lob@example.net'], html: '<p>Ein Lob</p>' };
  expect(await refusal(desk.cast.gus, 'ticket.consult', input)).toBe('ticket.notFound');
  expect(await refusal(desk.cast.ben, 'ticket.consult', { ...input, to: ['service@nordlicht.example'] })).toBe(
    'consult.ownAddress',
  );
  await run(desk.cast.ben, 'ticket.setVisibility', { ticket, visibility: 'internal' });
  expect(await refusal(desk.cast.ben, 'ticket.consult', input)).toBe('ticket.isInternal');
});
