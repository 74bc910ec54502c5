import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { queueSignInMail } from '#server/auth/mails.ts';
import { asMember } from '#server/database/actor.ts';
import * as mails from '#server/domain/mails.ts';
import { invitations } from '#server/domain/settings.ts';
import { startIntake } from '#server/mail/intake.ts';
import { stopParsing } from '#server/mail/parse.ts';
import { readHead } from '#server/mail/read-head.ts';
import { bounce, reported } from '../support/bounces.ts';
import { createTicket, run } from '../support/cast.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';
import { until } from '../support/until.ts';

let desk: OutboxDesk;

beforeAll(async () => {
  desk = await startOutboxDesk();
});

afterEach(() => desk.rest());

afterAll(() => desk.stop());

const notices = (ticket: string) =>
  desk.db.owner<{ toAddress: string }[]>`
    select to_address from lotse.outgoing_mails where ticket_id = ${ticket} and kind = 'notice'
  `;

test('the address of a pool hears of a new ticket in it, also of an internal one and in a sub pool', async () => {
  const { ada, heating } = desk.cast;
  await run(ada, 'pool.change', { pool: heating, notificationAddress: 'technik@nordlicht.example' });
  const sub = (await run(ada, 'pool.create', { name: 'Thermen', parent: heating })).result['pool'] ?? '';
  await createTicket(desk.cast, { pool: sub, visibility: 'internal', subject: 'Therme <aus>' });
  desk.start();
  const { mail, raw } = await desk.sink.next(({ raw: each }) => each.includes('technik@nordlicht.example'));
  expect(mail.subject).toMatch(/^Neues Ticket #\d+: Therme <aus>$/);
  expect(mail.text).toMatch(/https:\/\/desk\.example\.org\/nord-[\w-]+\/tickets\/\d+/);
  expect(mail.html).toContain('Therme &lt;aus&gt;');
  expect(raw.toString()).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
  expect(raw.toString()).not.toContain('/t/');
});

test('never one of the desk’s own addresses, with or without a plus', async () => {
  const { ada, heating } = desk.cast;
  for (const notificationAddress of ['service@nordlicht.example', 'service+x@nordlicht.example']) {
    await run(ada, 'pool.change', { pool: heating, notificationAddress });
    expect(await notices(await createTicket(desk.cast))).toEqual([]);
  }
});

test('a flood of tickets is no flood of mails', async () => {
  const { ada, heating, workspaceId } = desk.cast;
  const address = 'flut@nordlicht.example';
  await run(ada, 'pool.change', { pool: heating, notificationAddress: address });
  await desk.db.owner`
    insert into lotse.outgoing_mails (workspace_id, kind, ticket_id, to_address, state)
    select ${workspaceId}, 'notice', t.id, ${address}, 'sent'
    from (select id from lotse.tickets limit 1) t, generate_series(1, 59)
  `;
  expect(await notices(await createTicket(desk.cast))).toEqual([{ toAddress: address }]);
  expect(await notices(await createTicket(desk.cast))).toEqual([]);
});

test('the group that a pool names becomes responsible where the workspace wants that', async () => {
  const { ada, ben, lift, caretakers } = desk.cast;
  await run(ada, 'pool.change', { pool: lift, group: caretakers });
  const groupOf = async (ticket: string) =>
    (await desk.db.owner`select responsible_group_id as id from lotse.tickets where id = ${ticket}`)[0]?.['id'];
  expect(await groupOf(await createTicket(desk.cast, { pool: lift }))).toBeNull();
  await run(ada, 'workspace.change', { assignsGroups: true });
  expect(await groupOf(await createTicket(desk.cast, { pool: lift }))).toBe(caretakers);
  expect(await groupOf(await createTicket(desk.cast, { pool: lift, member: ben.memberId }))).toBeNull();
});

test('a bounce marks notices, invitations and sign-in mails, too; an administrator sees which invitation came back', async () => {
  const { ada, mona, zoe, lift, workspaceId } = desk.cast;
  const guest = 'gast@weg.example';
  await run(ada, 'member.invite', { email: guest, name: 'Gerd Gast', role: 'member' });
  await run(ada, 'member.invite', { email: 'da@weg.example', name: 'Dora Da', role: 'member' });
  // Another workspace's leaves from the same address, and comes back there.
  await run(zoe, 'member.invite', { email: guest, name: 'Gerd Gast', role: 'member' });
  const link = 'https://desk.example.org/login/confirm';
  await queueSignInMail({ kind: 'magicLink', to: guest, name: 'Gerd', language: 'de', link });
  await run(ada, 'pool.change', { pool: lift, notificationAddress: 'wache@weg.example' });
  await createTicket(desk.cast, { pool: lift });
  desk.start();
  const left = await until(async () => {
    const rows = await desk.db.owner<{ id: string; messageId: string }[]>`
      select id, message_id from lotse.outgoing_mails where to_address like '%@weg.example' and state = 'sent'
    `;
    return rows.length === 5 && rows;
  });
  const [account] = await desk.db.owner<{ id: string }[]>`select id from lotse.mail_accounts`;
  const intake = startIntake();
  let reports = 0;
  const report = async (messageId: string) => {
    const own = `report.${++reports}@relay.example.org`;
    const groups = reported('failed', guest);
    const to = 'service@nordlicht.example';
    const raw = Buffer.from(bounce({ id: own, to, groups, head: `Message-ID: <${messageId}>` }));
    const of = { id: account?.id ?? '', workspaceId };
    await mails.store({ account: of, raw, head: readHead(raw), envelope: { from: '', to: [to] } });
    intake.poke();
    return until(async () => {
      const [row] = await desk.db.owner<{ reason: string; ticketId: string | null }[]>`
        select reason, ticket_id from lotse.mails where message_id = ${own} and state = 'filed'
      `;
      return row;
    });
  };
  const states = async () => {
    const rows = await desk.db.owner<{ kind: string; to: string; state: string }[]>`
      select kind, to_address as to, state from lotse.outgoing_mails where to_address like '%@weg.example' order by kind, to_address
    `;
    return rows.map(({ kind, to, state }) => `${kind} ${to} ${state}`);
  };
  const { id, messageId } = left[0] ?? expect.fail('nothing left');
  await report(messageId.replace(/(.)@/, (_, letter: string) => (letter === 'a' ? 'b@' : 'a@')));
  await report(`lotse.${id}@nordlicht.example`);
  expect((await states()).filter((line) => !line.endsWith('sent'))).toEqual([]);
  const [spared] = await desk.db.owner<{ id: string }[]>`
    select id from lotse.outgoing_mails where to_address = 'da@weg.example'
  `;
  for (const { messageId } of left.filter(({ id }) => id !== spared?.id))
    // Such an id leads onto no ticket, not even that of a notice.
    expect(await report(messageId)).toEqual({ reason: 'report', ticketId: null });
  expect(await states()).toEqual([
    'invitation da@weg.example sent',
    `invitation ${guest} bounced`,
    `invitation ${guest} bounced`,
    `magicLink ${guest} bounced`,
    'notice wache@weg.example bounced',
  ]);
  const waiting = await asMember(ada, invitations);
  expect(waiting.map(({ email, mail }) => `${email} ${mail?.state}`)).toEqual([
    'da@weg.example sent',
    `${guest} bounced`,
  ]);
  expect((await asMember(zoe, invitations)).map(({ mail }) => mail?.state)).toEqual(['bounced']);
  expect(await asMember(mona, invitations)).toEqual([]);
  await intake.stop();
  await stopParsing();
});
