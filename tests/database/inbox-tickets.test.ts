import { beforeAll, beforeEach, expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { inboxMails, letterOf, mailsOf } from '#server/domain/inbox.ts';
import { createTicket, refusal, run } from '../support/cast.ts';
import { addWaiting, createInbox, numberOf } from '../support/waiting-mail.ts';
import { useWorkspace } from '../support/workspace.ts';

const desk = useWorkspace();
let account: string;

beforeAll(async () => {
  account = await createInbox(desk.cast);
});
beforeEach(() => desk.db.owner`truncate lotse.mails, lotse.outgoing_mails cascade`);

const add = (row = {}) => addWaiting(desk.db.owner, { workspaceId: desk.cast.workspaceId, accountId: account }, row);

async function row(mail: string) {
  const [found] = await desk.db.owner<Record<string, string | null>[]>`
    select state, reason, ticket_id, ticket_message_id, decided_by_member_id, taken_by_member_id from lotse.mails where id = ${mail}
  `;
  return found;
}

async function messagesOf(ticket: string) {
  return desk.db.owner<Record<string, unknown>[]>`
    select m.kind, m.visibility, m.body_html, m.verified, c.name as author, m.channel,
      (select count(*)::int from lotse.files f where f.message_id = m.id) as files
    from lotse.messages m left join lotse.contacts c on c.id = m.author_contact_id
    where m.ticket_id = ${ticket}
  `;
}

test('a mail becomes a ticket with its words, its files and its sender, and is confirmed', async () => {
  const { ben, cast, gus, heating } = { ...desk.cast, cast: desk.cast };
  const mail = await add();
  const { workspaceId } = cast;
  const file = {
    workspaceId,
    mailId: mail,
    name: 'Fleck.png',
    mime: 'image/png',
    size: 3,
    sha256: 'c'.repeat(64),
    storageKey: mail,
  };
  await desk.db.owner`insert into lotse.mail_files ${desk.db.owner(file)}`;
  const input = {
    mail,
    subject: 'Wasserhahn tropft',
    pool: heating,
    member: gus.memberId,
    name: 'Nadine Neu',
    phone: '040 1234567',
  };
  const { result } = await run(ben, 'mail.makeTicket', { ...input, confirms: true });
  expect(result).toMatchObject({ isConfirmed: true });
  const ticket = result['ticket'] ?? '';
  const [made] = await desk.db.owner<Record<string, unknown>[]>`
    select t.subject, t.channel, t.responsible_member_id, t.waiting_since is not null as waits, c.name, c.phone, a.address
    from lotse.tickets t join lotse.contacts c on c.id = t.requester_id join lotse.contact_addresses a on a.contact_id = c.id
    where t.id = ${ticket}
  `;
  expect(made).toEqual({
    subject: 'Wasserhahn tropft',
    channel: 'mail',
    responsibleMemberId: gus.memberId,
    waits: true,
    name: 'Nadine Neu',
    phone: '040 1234567',
    address: 'nadine.neu@example.net',
  });
  expect(await messagesOf(ticket)).toMatchObject([
    {
      kind: 'message',
      bodyHtml: '<p>Guten Tag, es tropft.</p>',
      verified: true,
      author: 'Nadine Neu',
      channel: 'mail',
      files: 1,
    },
  ]);
  expect(await row(mail)).toMatchObject({
    state: 'filed',
    reason: 'inbox.ticket',
    ticketId: ticket,
    decidedByMemberId: ben.memberId,
    takenByMemberId: null,
  });
  const outgoing = await desk.db.owner`select kind, to_address from lotse.outgoing_mails where ticket_id = ${ticket}`;
  expect(outgoing).toMatchObject([{ kind: 'confirmation', toAddress: 'nadine.neu@example.net' }]);
  expect(await asMember(ben, (tx) => inboxMails(tx))).toEqual([]);
  // Still within reach of the ticket, for whoever sees it.
  const numbers = [Number(result['number'])];
  expect((await asMember(ben, (tx) => mailsOf(tx, { ticket }))).map((line) => line.ticket)).toEqual(numbers);
});

test('a known address is linked, and its number is not overwritten', async () => {
  const { ben, weber, heating } = desk.cast;
  await desk.db.owner`update lotse.contacts set phone = '0171 1' where id = ${weber}`;
  const mail = await add({ fromAddress: 'petra.weber@example.org', fromName: 'P. W.' });
  const letter = await asMember(ben, (tx) => letterOf(tx, mail));
  expect(letter).toMatchObject({ contact: { id: weber, name: 'Petra Weber' }, phone: '040 1234567' });
  const { result } = await run(ben, 'mail.makeTicket', {
    mail,
    subject: 'X',
    pool: heating,
    name: 'Anders',
    phone: '040 1234567',
  });
  const [made] = await desk.db.owner<{ requesterId: string; phone: string }[]>`
    select t.requester_id, c.phone from lotse.tickets t join lotse.contacts c on c.id = t.requester_id where t.id = ${result['ticket'] ?? ''}
  `;
  expect(made).toEqual({ requesterId: weber, phone: '0171 1' });
  expect(await asMember(ben, (tx) => mailsOf(tx, { contact: weber }))).toMatchObject([
    { id: mail, subject: 'Es tropft' },
  ]);
});

test('a customer named in the text is only offered; chosen, the sender stays a stranger and is told nothing', async () => {
  const { ben, weber, heating } = desk.cast;
  const bodyText = 'Ich schreibe für petra.weber@example.org.';
  const mail = await add({ bodyText });
  expect((await asMember(ben, (tx) => letterOf(tx, mail))).named).toMatchObject([{ id: weber }]);
  const input = { mail, subject: 'Für Frau Weber', pool: heating, requester: weber, name: 'Nadine', confirms: true };
  const { result } = await run(ben, 'mail.makeTicket', input);
  const ticket = result['ticket'] ?? '';
  const customers = await desk.db.owner`
    select c.name, tc.verified from lotse.ticket_customers tc join lotse.contacts c on c.id = tc.contact_id
    where tc.ticket_id = ${ticket} order by c.name
  `;
  expect(customers).toMatchObject([
    { name: expect.stringContaining('Nadine'), verified: false },
    { name: 'Petra Weber', verified: true },
  ]);
  const told = await desk.db.owner`select to_address from lotse.outgoing_mails where ticket_id = ${ticket}`;
  expect(told).toMatchObject([{ toAddress: 'petra.weber@example.org' }]);
});

test('a ticket made of a mail whose sender was disproved does not believe him', async () => {
  const { ben, heating } = desk.cast;
  const forged = await add({ fromAddress: 'petra.weber@example.org', verdicts: ['forged'] });
  const { result } = await run(ben, 'mail.makeTicket', { mail: forged, subject: 'Falsch', pool: heating });
  expect(await messagesOf(result['ticket'] ?? '')).toMatchObject([{ author: 'Petra Weber', verified: false }]);
});

test('on a ticket it is a comment that no customer sees, or its sender’s message', async () => {
  const { ben, mona } = desk.cast;
  const ticket = await createTicket(desk.cast);
  const number = await numberOf(desk.db.owner, ticket);
  const inside = await add();
  // Ben sees the ticket and does not work on it.
  expect(await refusal(ben, 'mail.attach', { mail: inside, number })).toBe('ticket.forbidden');
  expect(await row(inside)).toMatchObject({ state: 'waiting' });
  await run(mona, 'mail.attach', { mail: inside, number });
  expect(await messagesOf(ticket)).toMatchObject([
    {
      kind: 'comment',
      visibility: 'internal',
      author: null,
      bodyHtml: expect.stringContaining('nadine.neu@example.net'),
    },
  ]);
  const outside = await add({ fromAddress: 'petra.weber@example.org', subject: 'Nachtrag' });
  await run(mona, 'mail.attach', { mail: outside, number, isPublic: true });
  expect((await messagesOf(ticket)).at(-1)).toMatchObject({
    kind: 'message',
    visibility: 'public',
    author: 'Petra Weber',
    verified: true,
  });
  const forged = await add({ subject: 'Falsch', fromAddress: 'petra.weber@example.org', verdicts: ['forged'] });
  await run(mona, 'mail.attach', { mail: forged, number, isPublic: true });
  expect((await messagesOf(ticket)).at(-1)).toMatchObject({ author: 'Petra Weber', verified: false });
  const stranger = await add({ subject: 'Fremd' });
  await run(mona, 'mail.attach', { mail: stranger, number, isPublic: true });
  expect((await messagesOf(ticket)).at(-1)).toMatchObject({ kind: 'message', verified: false });
});

test('a machine gets no confirmation, whoever presses the button', async () => {
  const { ben, heating } = desk.cast;
  const mail = await add({ verdicts: ['automatic', 'no_auto_answer'] });
  const { result } = await run(ben, 'mail.makeTicket', { mail, subject: 'X', pool: heating, confirms: true });
  expect(result).toMatchObject({ isConfirmed: false });
  expect(await desk.db.owner`select id from lotse.outgoing_mails`).toHaveLength(0);
});
