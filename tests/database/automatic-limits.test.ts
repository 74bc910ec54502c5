import { afterAll, beforeAll, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import { act } from '#server/domain/act.ts';
import { queueForCustomers } from '#server/domain/outgoing.ts';
import { createCast, createTicket, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/* The one condition by which mails that nobody wrote are queued, whatever path leads to it. */

let db: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  db = await createTestDatabase();
  cast = await createCast();
});
afterAll(() => db.drop());

let people = 0;

async function ticketOf(address: string, subject = `Anliegen ${'abcdefghij'[people % 10]}`): Promise<string> {
  const contact = { name: `Person ${++people}`, addresses: [address] };
  const requester = (await run(cast.ada, 'contact.create', contact)).result['contact'] ?? '';
  return createTicket(cast, { requester, subject });
}

/** How many mails of this kind the ticket has now. */
async function queue(ticket: string, kind: 'confirmation' | 'message' = 'confirmation'): Promise<number> {
  await act({ kind: 'system', workspaceId: cast.workspaceId }, (tx) =>
    queueForCustomers(tx, { kind, ticket, message: null }),
  );
  return (await db.owner`select from lotse.outgoing_mails where ticket_id = ${ticket} and kind = ${kind}`).length;
}

/** Answered by itself so often, so long ago. */
const answered = (ticket: string, times: number, minutes = 1) => db.owner`
  insert into lotse.outgoing_mails (workspace_id, kind, ticket_id, language, to_address, state, created_at)
  select ${cast.workspaceId}, 'notice', ${ticket}, 'de', 'team@nordlicht.example', 'sent', now() - make_interval(mins => ${minutes})
  from generate_series(1, ${times})
`;

test('a ticket has twenty an hour, over all kinds of them', async () => {
  const [full, open, old] = [
    await ticketOf('a@f1.example'),
    await ticketOf('a@f2.example'),
    await ticketOf('a@f3.example'),
  ];
  await answered(full, 20);
  await answered(open, 19);
  await answered(old, 20, 61);
  expect(await queue(full)).toBe(0);
  expect(await queue(open)).toBe(1);
  expect(await queue(old)).toBe(1);
  // A person may write as often as he likes.
  expect(await queue(full, 'message')).toBe(1);
});

test('none goes to an address of our own, with a sub-address or of a former account', async () => {
  const make = (address: string) =>
    run(cast.ada, 'account.create', { name: address, address, pool: cast.heating, kind: 'smtp' });
  await make('service@nordlicht.example');
  const account = (await make('frueher@nordlicht.example')).result['account'] ?? '';
  await run(cast.ada, 'account.archive', { account });
  for (const address of ['Service@nordlicht.example', 'service+1.abc@nordlicht.example', 'frueher@nordlicht.example'])
    expect(await queue(await ticketOf(address))).toBe(0);
  expect(await queue(await ticketOf('serviceteam@nordlicht.example'))).toBe(1);
});

test.each([
  'noreply@',
  'No-Reply@',
  'no_reply+7@',
  'donotreply@',
  'do-not-reply@',
  'mailer-daemon@',
  'postmaster@',
  'abuse@',
  'root@',
  'bounces+x.y@',
  'bounce@',
  'listserv@',
  'majordomo@',
])('none goes to %s, where nobody reads', async (local) => {
  expect(await queue(await ticketOf(`${local}shop${++people}.example`))).toBe(0);
});

test.each(['noreen@', 'rooter@', 'abused@', 'bouncer@'])('%s is a person', async (local) => {
  expect(await queue(await ticketOf(`${local}people${++people}.example`))).toBe(1);
});

test('none goes for sixty days to where a mail of ours proved undeliverable', async () => {
  const bounced = async (address: string, days: number) => {
    await db.owner`
      insert into lotse.outgoing_mails (workspace_id, kind, language, to_address, state, bounced_at)
      values (${cast.workspaceId}, 'message', 'de', ${address}, 'bounced', now() - make_interval(days => ${days}))
    `;
    return queue(await ticketOf(address));
  };
  expect(await bounced('weg@b1.example', 59)).toBe(0);
  expect(await bounced('wieder@b2.example', 61)).toBe(1);
  // What came back from where somebody has his mail sent on says nothing of his own address.
  const forwards = await ticketOf('hier@b3.example');
  await db.owner`
    insert into lotse.outgoing_mails (workspace_id, kind, language, to_address, state, bounced_at, bounced_address)
    values (${cast.workspaceId}, 'message', 'de', 'hier@b3.example', 'bounced', now(), 'dort@b4.example')
  `;
  expect(await queue(forwards)).toBe(1);
});

test('addresses of one domain that say the same share twenty an hour, and all of them two hundred', async () => {
  const ticket = await ticketOf('a1@crm.example', 'Re: [#1] Danke 1');
  const sent = (times: number, ticketId: string, address: string) => db.owner`
    insert into lotse.outgoing_mails (workspace_id, kind, ticket_id, language, to_address, state)
    select ${cast.workspaceId}, 'confirmation', ${ticketId}, 'de', ${address}, 'sent' from generate_series(1, ${times})
  `;
  // Twenty to one ticket would meet the bound of the ticket itself: its neighbours count for the domain.
  await sent(20, ticket, 'anybody@crm.example');
  expect(await queue(await ticketOf('a2@crm.example', 'AW: Danke 2'))).toBe(0);
  expect(await queue(await ticketOf('a3@crm.example', 'Wasserschaden im Keller'))).toBe(1);
  expect(await queue(await ticketOf('a4@elsewhere.example', 'Danke 2'))).toBe(1);
  await sent(179, ticket, 'anybody@crm.example');
  expect(await queue(await ticketOf('a5@crm.example', 'Noch etwas ganz anderes'))).toBe(0);
});

/** Confirmed so often within the hour, to as many addresses as `address` makes of a number, on tickets of this subject. */
async function confirmed(times: number, subject: string, address: (n: number) => string): Promise<void> {
  const ticket = await ticketOf(`planted${++people}@planted.example`, subject);
  const rows = Array.from({ length: times }, (_, n) => ({
    workspaceId: cast.workspaceId,
    kind: 'confirmation',
    ticketId: ticket,
    language: 'de',
    toAddress: address(n),
    state: 'sent',
  }));
  await db.owner`insert into lotse.outgoing_mails ${db.owner(rows)}`;
}

test.each([
  'gmail.com',
  'web.de',
  'gmx.de',
  'gmx.at',
  't-online.de',
  'outlook.com',
  'hotmail.co.uk',
  'yahoo.de',
  'icloud.com',
])('the customers of %s are strangers to each other: many may write the same within an hour', async (domain) => {
  await confirmed(199, `Heizung ausgefallen ${domain}`, (n) => `mieter${n}@${domain}`);
  expect(await queue(await ticketOf(`neue.mieterin@${domain}`, `Heizung ausgefallen! ${domain}`))).toBe(1);
  await confirmed(100, `Anderes ${domain}`, (n) => `kundin${n}@${domain}`);
  expect(await queue(await ticketOf(`noch.jemand@${domain}`, `Anderes ${domain}`))).toBe(1);
});

test('the customers of a provider that the operator named are strangers to each other, too', async () => {
  decide({ MAIL_SHARED_DOMAINS: 'uni.example, Stadtnetz.example' });
  await confirmed(20, 'Kein Wasser', (n) => `haushalt${n}@stadtnetz.example`);
  expect(await queue(await ticketOf('noch.einer@stadtnetz.example', 'Kein Wasser'))).toBe(1);
  expect(await queue(await ticketOf('haushalt3@mein.stadtnetz.example', 'Kein Wasser'))).toBe(1);
  await confirmed(20, 'Kein Wasser', (n) => `haushalt${n}@mein.stadtnetz.example`);
  expect(await queue(await ticketOf('noch.einer@mein.stadtnetz.example', 'Kein Wasser'))).toBe(0);
  // One mailbox is one mailbox there as well.
  await confirmed(20, 'Danke', (n) => `automat+${n}@uni.example`);
  expect(await queue(await ticketOf('automat+21@uni.example', 'Danke'))).toBe(0);
  decide({ MAIL_SHARED_DOMAINS: '' });
  expect(await queue(await ticketOf('wieder.einer@stadtnetz.example', 'Kein Wasser'))).toBe(0);
});

test('a domain that only looks like a provider is a domain of somebody', async () => {
  await confirmed(20, 'Gleich', (n) => `a${n}@gmail.com.example`);
  expect(await queue(await ticketOf('b@gmail.com.example', 'Gleich'))).toBe(0);
  await confirmed(20, 'Gleich', (n) => `a${n}@my-web.de`);
  expect(await queue(await ticketOf('b@my-web.de', 'Gleich'))).toBe(0);
});

test('at a provider one mailbox that changes its address by what it may add itself stops at twenty', async () => {
  await confirmed(20, 'Danke', (n) => `auto.responder+${n}@gmail.com`);
  expect(await queue(await ticketOf('autoresponder+21@gmail.com', 'Re: Danke'))).toBe(0);
  expect(await queue(await ticketOf('a.u.t.o.responder@gmail.com', 'Danke 22'))).toBe(0);
  expect(await queue(await ticketOf('auto.antwort@gmail.com', 'Danke'))).toBe(1);
  // Elsewhere a dot makes another mailbox.
  await confirmed(20, 'Danke', (n) => `auto.responder+${n}@web.de`);
  expect(await queue(await ticketOf('auto.responder@web.de', 'Danke'))).toBe(0);
  expect(await queue(await ticketOf('autoresponder@web.de', 'Danke'))).toBe(1);
});

test('at a provider too there is an end: of the same subject, and of all', async () => {
  await confirmed(400, 'Endlos', (n) => `x${n}@freenet.de`);
  expect(await queue(await ticketOf('y@freenet.de', 'Endlos'))).toBe(0);
  expect(await queue(await ticketOf('z@freenet.de', 'Etwas anderes'))).toBe(1);
  await confirmed(1_600, 'Noch mehr', (n) => `w${n}@freenet.de`);
  expect(await queue(await ticketOf('v@freenet.de', 'Wieder anders'))).toBe(0);
});

test('whom the desk knows for longer is no address made for the next mail', async () => {
  await confirmed(20, 'Störung', (n) => `a${n}@company.example`);
  const known = await ticketOf('einkauf@company.example', 'Störung');
  await db.owner`
    update lotse.contacts set created_at = now() - interval '25 hours'
    where id = (select requester_id from lotse.tickets where id = ${known})
  `;
  expect(await queue(known)).toBe(1);
  expect(await queue(await ticketOf('neu@company.example', 'Störung'))).toBe(0);
  // Nor does what he was sent count against the others.
  await db.owner`
    update lotse.outgoing_mails set contact_id = (select requester_id from lotse.tickets where id = ${known})
    where to_address = 'a0@company.example'
  `;
  expect(await queue(await ticketOf('noch.neu@company.example', 'Störung'))).toBe(1);
});
