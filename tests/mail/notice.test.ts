import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTicket, run } from '../support/cast.ts';
import { startOutboxDesk, type OutboxDesk } from '../support/outbox-desk.ts';

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
