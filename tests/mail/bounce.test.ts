import { afterAll, beforeAll, expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { conversation } from '#server/domain/conversation.ts';
import { bounce, reported } from '../support/bounces.ts';
import { startBridgeDesk, type BridgeDesk } from '../support/bridge-desk.ts';
import { createTicket, run } from '../support/cast.ts';
import { until } from '../support/until.ts';

const service = 'service@nordlicht.example';
let desk: BridgeDesk;

beforeAll(async () => {
  desk = await startBridgeDesk();
  const { cast } = desk;
  await run(cast.ada, 'account.create', { name: 'Service', address: service, pool: cast.heating, kind: 'smtp' });
  const pool = (await run(cast.zoe, 'pool.create', { name: 'Eingang' })).result['pool'] ?? '';
  await run(cast.zoe, 'account.create', { name: 'Hilfe', address: 'hilfe@suedstern.example', pool, kind: 'smtp' });
});

afterAll(() => desk.stop());

let reports = 0;

const petra = 'petra.weber@example.org';
const group = (action: string, final = petra, more?: string) => reported(action, final, more);
type Report = { action?: string; to?: string; groups?: string; head?: string };

/** A delivery report about the mail with this id, as RFC 3464 has it. Returns the ledger's words for it. */
async function report(
  messageId: string,
  { action = 'failed', to = service, groups = group(action), head = `Message-ID: <${messageId}>` }: Report = {},
): Promise<string> {
  const own = `report.${++reports}@relay.example.org`;
  const raw = bounce({ id: own, to, groups, head });
  expect(await desk.deliver(raw, { to: [to], from: '' })).toMatch(/^250 /);
  return until(async () => {
    const [row] = await desk.db.owner<{ reason: string }[]>`
      select reason from lotse.mails where message_id = ${own} and state in ('filed', 'ignored', 'failed')
    `;
    return row?.reason;
  });
}

async function sent(ticket?: string): Promise<{ id: string; messageId: string; ticket: string }> {
  ticket ??= await createTicket(desk.cast);
  const { result } = await run(desk.cast.mona, 'message.post', {
    ticket,
    kind: 'message',
    visibility: 'public',
    html: '<p>Wir kommen.</p>',
  });
  const mail = await until(async () => {
    const [row] = await desk.db.owner<{ id: string; messageId: string }[]>`
      select id, message_id from lotse.outgoing_mails
      where ticket_message_id = ${result['message'] ?? ''} and state = 'sent' and to_address = ${petra}
    `;
    return row;
  });
  return { ...mail, ticket };
}

/** What the message's mails say of themselves, by recipient. */
async function shown(ticket: string) {
  const { messages } = await asMember(desk.cast.mona, (tx) => conversation(tx, ticket), { readOnly: true });
  return messages
    .flatMap(({ deliveries }) => deliveries)
    .map(({ to, state, late, response }) => ({ to, state, isLate: late !== null, response }))
    .toSorted((a, b) => a.to.localeCompare(b.to));
}

async function stateOf(id: string): Promise<string | undefined> {
  const [row] = await desk.db.owner<{ state: string }[]>`select state from lotse.outgoing_mails where id = ${id}`;
  return row?.state;
}

test('a bounce marks the mail it names, and becomes no ticket and no message', async () => {
  const mail = await sent();
  const [before] = await desk.db.owner`select count(*)::int as tickets from lotse.tickets`;
  expect(await report(mail.messageId)).toBe('report');
  expect(await stateOf(mail.id)).toBe('bounced');
  expect((await desk.db.owner`select count(*)::int as tickets from lotse.tickets`)[0]).toEqual(before);
});

test('a delay is no bounce: the message says that its mail waits, until it arrives or comes back', async () => {
  const mail = await sent();
  const waiting = group('delayed', petra, 'Status: 4.4.1\r\nDiagnostic-Code: smtp; 451 4.4.1 no answer\r\n');
  await report(mail.messageId, { groups: waiting });
  expect(await stateOf(mail.id)).toBe('sent');
  expect(await shown(mail.ticket)).toEqual([
    { to: petra, state: 'sent', isLate: true, response: '451 4.4.1 no answer' },
  ]);
  await report(mail.messageId, { action: 'delivered' });
  expect(await shown(mail.ticket)).toMatchObject([{ state: 'sent', isLate: false }]);
  await report(mail.messageId);
  expect(await shown(mail.ticket)).toMatchObject([{ state: 'bounced' }]);
});

test('a failure that may pass bounces the mail, and bars its address from no other', async () => {
  const barred = async (id: string) =>
    (await desk.db.owner`select bounced_at is not null as is_barred from lotse.outgoing_mails where id = ${id}`)[0];
  const [passing, final] = [await sent(), await sent()];
  await report(passing.messageId, { groups: group('failed', petra, 'Status: 4.4.7\r\n') });
  await report(final.messageId, { groups: group('failed', petra, 'Status: 5.1.1\r\n') });
  for (const { id } of [passing, final]) expect(await stateOf(id)).toBe('bounced');
  expect([await barred(passing.id), await barred(final.id)]).toEqual([{ isBarred: false }, { isBarred: true }]);
});

test('of two recipients the one that the report names is marked, and the other is not', async () => {
  const ticket = await createTicket(desk.cast);
  await desk.db.owner`
    insert into lotse.ticket_customers (workspace_id, ticket_id, contact_id, verified)
    values (${desk.cast.workspaceId}, ${ticket}, ${desk.cast.smith}, true)
  `;
  const mail = await sent(ticket);
  const full = group(
    'failed',
    'Petra.Weber@Example.org',
    'Status: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full\r\n',
  );
  await report(mail.messageId, { groups: group('delivered', 'john.smith@example.com') + full });
  expect(await shown(ticket)).toMatchObject([
    { to: 'john.smith@example.com', state: 'sent' },
    { to: petra, state: 'bounced', response: '552 5.2.2 mailbox full' },
  ]);
  // Whoever holds one mail proves nothing about the other's.
  const next = await sent(await createTicket(desk.cast));
  await report(next.messageId, { groups: group('delivered') + group('failed', 'john.smith@example.com') });
  expect(await stateOf(next.id)).toBe('sent');
});

test('what comes back from where a customer has his mail sent on is told with that address, and says nothing of his own', async () => {
  const mail = await sent();
  await report(mail.messageId, { groups: group('failed', 'weber@private.example') });
  expect(await shown(mail.ticket)).toEqual([
    { to: petra, state: 'bounced', isLate: false, response: 'weber@private.example: 5.1.1' },
  ]);
  const [row] = await desk.db.owner`select bounced_address from lotse.outgoing_mails where id = ${mail.id}`;
  expect(row).toEqual({ bouncedAddress: 'weber@private.example' });
});

test('a relay that gives mails an id of its own does not keep a bounce from its mail', async () => {
  const mail = await sent();
  const own = desk.sink.delivered.find(({ raw }) => raw.includes(mail.messageId));
  expect(own?.mail.headers.get('x-lotse-id')).toBe(`<${mail.messageId}>`);
  await report('', { head: `Message-ID: <0102018f@eu-west-1.amazonses.com>\r\nX-Lotse-Id: <${mail.messageId}>` });
  expect(await stateOf(mail.id)).toBe('bounced');
});

test('a forged bounce does nothing: without our key, with a letter changed, or from another workspace', async () => {
  const mail = await sent();
  const guess =
    'lotse.aaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaa@nordlicht.example';
  await desk.db.owner`update lotse.outgoing_mails set message_id = ${guess} where id = ${mail.id}`;
  await report(guess);
  expect(await stateOf(mail.id)).toBe('sent');
  await desk.db.owner`update lotse.outgoing_mails set message_id = ${mail.messageId} where id = ${mail.id}`;
  const bent = mail.messageId.replace(/(.)@/, (_, letter: string) => (letter === 'a' ? 'b@' : 'a@'));
  await report(bent);
  await report('', { head: `Message-ID: <x@relay.example.org>\r\nX-Lotse-Id: <${bent}>` });
  await report(mail.messageId, { to: 'hilfe@suedstern.example' });
  expect(await stateOf(mail.id)).toBe('sent');
});

test('who writes again at once gets no second confirmation, from none of his addresses', async () => {
  await desk.db.owner`
    insert into lotse.contact_addresses (workspace_id, contact_id, address, is_primary)
    values (${desk.cast.workspaceId}, ${desk.cast.smith}, 'smith@office.example', false)
  `;
  const write = (from: string, subject: string) =>
    desk.deliver(`From: ${from}\r\nTo: ${service}\r\nSubject: ${subject}\r\n\r\nPlease help.`, {
      to: [service],
      from,
    });
  await write('john.smith@example.com', 'One');
  await desk.sink.next(({ to, mail }) => to[0] === 'john.smith@example.com' && Boolean(mail.subject?.includes('One')));
  await Promise.all([
    write('smith@office.example', 'Two'),
    write('smith@office.example', 'Three'),
    write('john.smith@example.com', 'Four'),
  ]);
  await until(async () => {
    const rows = await desk.db
      .owner`select from lotse.mails where subject in ('Two', 'Three', 'Four') and state = 'filed'`;
    return rows.length === 3;
  });
  const confirmations = await desk.db.owner`
    select id from lotse.outgoing_mails where kind = 'confirmation' and contact_id = ${desk.cast.smith}
  `;
  expect(confirmations).toHaveLength(1);
});

test('five confirmations a day are enough', async () => {
  const write = (subject: string) =>
    desk.deliver(`From: eva@example.net\r\nSubject: ${subject}\r\n\r\nBitte ${subject}.`, {
      to: [service],
      from: 'eva@example.net',
    });
  for (const subject of ['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7']) {
    await write(subject);
    await until(
      async () => (await desk.db.owner`select from lotse.mails where subject = ${subject} and state = 'filed'`).length,
    );
    await desk.db
      .owner`update lotse.outgoing_mails set created_at = created_at - interval '11 minutes' where kind = 'confirmation'`;
  }
  const confirmations = await desk.db.owner`
    select id from lotse.outgoing_mails where kind = 'confirmation' and to_address = 'eva@example.net'
  `;
  expect(confirmations).toHaveLength(5);
});

test('who says the same words again within the hour is a machine, and gets no second answer', async () => {
  for (const subject of ['W1', 'W2']) {
    const raw = `From: robot@example.net\r\nSubject: ${subject}\r\n\r\nIch bin nicht da.`;
    await desk.deliver(raw, { to: [service], from: 'robot@example.net' });
    await until(
      async () => (await desk.db.owner`select from lotse.mails where subject = ${subject} and state = 'filed'`).length,
    );
    await desk.db
      .owner`update lotse.outgoing_mails set created_at = created_at - interval '11 minutes' where kind = 'confirmation'`;
  }
  const confirmations = await desk.db.owner`
    select id from lotse.outgoing_mails where kind = 'confirmation' and to_address = 'robot@example.net'
  `;
  expect(confirmations).toHaveLength(1);
});
