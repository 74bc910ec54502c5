import { expect, test } from 'vitest';
import { addMember, createTicket, linkFor, refusal, run } from '../support/cast.ts';
import { overlap } from '../support/waiting.ts';
import { useWorkspace } from '../support/workspace.ts';

const desk = useWorkspace();

const words = (ticket: string) => ({ ticket, kind: 'message', visibility: 'public', html: '<p>Hallo</p>' }) as const;

async function responsibleFor(ticket: string) {
  const [row] = await desk.db.owner<{ id: string | null }[]>`
    select responsible_member_id as id from lotse.tickets where id = ${ticket}
  `;
  return row?.id;
}

test('no message gets onto a ticket that is closed meanwhile', async () => {
  const ticket = await createTicket(desk.cast);
  const link = await linkFor(desk.cast, ticket);
  const answer = await overlap(
    desk.db.owner,
    (sql) => sql`update lotse.tickets set status = 'closed' where id = ${ticket}`,
    () => refusal(link, 'message.post', words(ticket)),
  );
  expect(answer).toBe('ticket.closed');
  expect(await desk.db.owner`select id from lotse.messages where ticket_id = ${ticket}`).toEqual([]);
});

test('a ticket closes after the message that came first, never before', async () => {
  const { ada } = desk.cast;
  for (let i = 0; i < 20; i++) {
    const ticket = await createTicket(desk.cast);
    const link = await linkFor(desk.cast, ticket);
    const [posted, closed] = await Promise.all([
      refusal(link, 'message.post', words(ticket)),
      refusal(ada, 'ticket.close', { ticket, inform: true }),
    ]);
    expect(closed).toBeNull();
    const events = await desk.db.owner<{ type: string }[]>`
      select type from lotse.events
      where ticket_id = ${ticket} and class = 'staff' and type in ('message.posted', 'ticket.closed')
      order by seq
    `;
    const told = posted === null ? ['message.posted', 'ticket.closed'] : ['ticket.closed'];
    expect(events.map(({ type }) => type)).toEqual(told);
  }
});

test('no file gets onto a ticket that is closed meanwhile', async () => {
  const ticket = await createTicket(desk.cast);
  const link = await linkFor(desk.cast, ticket);
  const file = { name: 'a.txt', mime: 'text/plain', size: 1, sha256: 'a'.repeat(64), storageKey: ticket };
  const answer = await overlap(
    desk.db.owner,
    (sql) => sql`update lotse.tickets set status = 'closed' where id = ${ticket}`,
    () => refusal(link, 'file.add', { ticket, visibility: 'public', ...file }),
  );
  expect(answer).toBe('ticket.closed');
});

test('a ticket moved out of reach meanwhile is not claimed', async () => {
  const ticket = await createTicket(desk.cast);
  const answer = await overlap(
    desk.db.owner,
    (sql) => sql`update lotse.tickets set pool_id = ${desk.cast.lift} where id = ${ticket}`,
    () => refusal(desk.cast.ben, 'ticket.claim', { ticket }),
  );
  expect(answer).toBe('ticket.forbidden');
  expect(await responsibleFor(ticket)).toBeNull();
});

test('what was handed on meanwhile is not given away by who had it before', async () => {
  const { ben, gus, lift, caretakers } = desk.cast;
  const deeds = [
    (ticket: string) => refusal(ben, 'ticket.release', { ticket }),
    (ticket: string) => refusal(ben, 'ticket.assign', { ticket, group: caretakers }),
    (ticket: string) => refusal(ben, 'ticket.move', { ticket, pool: lift }),
  ];
  for (const deed of deeds) {
    const ticket = await createTicket(desk.cast, { member: ben.memberId });
    const answer = await overlap(
      desk.db.owner,
      (sql) => sql`update lotse.tickets set responsible_member_id = ${gus.memberId} where id = ${ticket}`,
      () => deed(ticket),
    );
    expect(answer).toBe('ticket.forbidden');
    expect(await responsibleFor(ticket)).toBe(gus.memberId);
  }
});

test('a ticket closed meanwhile is neither assigned nor set to another status', async () => {
  const { mona, ben } = desk.cast;
  const one = await createTicket(desk.cast);
  const assigned = await overlap(
    desk.db.owner,
    (sql) => sql`update lotse.tickets set status = 'closed' where id = ${one}`,
    () => refusal(mona, 'ticket.assign', { ticket: one, member: ben.memberId }),
  );
  expect(assigned).toBe('ticket.closed');
  const two = await createTicket(desk.cast);
  const set = await overlap(
    desk.db.owner,
    (sql) => sql`update lotse.tickets set status = 'closed' where id = ${two}`,
    () => refusal(mona, 'ticket.setStatus', { ticket: two, status: 'in_progress' }),
  );
  expect(set).toBe('ticket.closed');
});

test('two people who change different fields at once both have their way', async () => {
  const { mona } = desk.cast;
  const ticket = await createTicket(desk.cast);
  await overlap(
    desk.db.owner,
    (sql) => sql`update lotse.tickets set subject = 'Anders' where id = ${ticket}`,
    () => run(mona, 'ticket.change', { ticket, priority: 'urgent' }),
  );
  const [row] = await desk.db.owner`select subject, priority from lotse.tickets where id = ${ticket}`;
  expect(row).toEqual({ subject: 'Anders', priority: 'urgent' });
});

test('closed by two at once, the customer is told once', async () => {
  const { ada, mona } = desk.cast;
  const ticket = await createTicket(desk.cast);
  await Promise.all([ada, mona, ada, mona].map((actor) => run(actor, 'ticket.close', { ticket, inform: true })));
  const mails = await desk.db
    .owner`select id from lotse.outgoing_mails where ticket_id = ${ticket} and kind = 'closing'`;
  expect(mails).toHaveLength(1);
  const events = await desk.db.owner`
    select id from lotse.events where ticket_id = ${ticket} and type = 'ticket.closed' and class = 'staff'
  `;
  expect(events).toHaveLength(1);
});

test('supporters added at the same moment all see the ticket', async () => {
  const { mona, workspaceId } = desk.cast;
  const ticket = await createTicket(desk.cast);
  const crowd = await Promise.all(Array.from({ length: 8 }, (_, i) => addMember(workspaceId, `Helfer ${i}`, 'member')));
  await Promise.all(crowd.map(({ memberId }) => run(mona, 'ticket.support', { ticket, member: memberId })));
  const [row] = await desk.db.owner<
    { owners: string[] }[]
  >`select owner_ids as owners from lotse.tickets where id = ${ticket}`;
  for (const { memberId } of crowd) expect(row?.owners).toContain(memberId);
});

test('team and customer who write at the same moment do not stand in each other’s way', async () => {
  const ticket = await createTicket(desk.cast);
  const link = await linkFor(desk.cast, ticket);
  const deadlocks = async () => {
    const [row] = await desk.db.owner<{ n: number }[]>`
      select deadlocks as n from pg_stat_database where datname = current_database()
    `;
    return row?.n;
  };
  const before = await deadlocks();
  await Promise.all(
    Array.from({ length: 40 }, (_, i) => run(i % 2 ? link : desk.cast.ada, 'message.post', words(ticket))),
  );
  expect(await deadlocks()).toBe(before);
  const [row] = await desk.db.owner<
    { n: number }[]
  >`select count(*) as n from lotse.messages where ticket_id = ${ticket}`;
  expect(row?.n).toBe(40);
});

test('two administrators who demote each other at once leave one', async () => {
  const { ada, workspaceId } = desk.cast;
  const otto = await addMember(workspaceId, 'Otto Abt', 'administrator');
  for (let i = 0; i < 10; i++) {
    const answers = await Promise.all([
      refusal(ada, 'member.change', { member: otto.memberId, role: 'member' }),
      refusal(otto, 'member.change', { member: ada.memberId, isActive: false }),
    ]);
    expect(answers.filter((answer) => answer === null)).toHaveLength(1);
    await desk.db.owner`
      update lotse.members set role = 'administrator', deactivated_at = null
      where id in ${desk.db.owner([ada.memberId, otto.memberId])}
    `;
  }
});

test('with a third administrator, too, only one of the two gets his way', async () => {
  const { ada, workspaceId } = desk.cast;
  await addMember(workspaceId, 'Dritte', 'administrator');
  const pia = await addMember(workspaceId, 'Pia Abt', 'administrator');
  const answer = await overlap(
    desk.db.owner,
    async (sql) => {
      await sql`select set_config('role', 'lotse_member', true), set_config('lotse.workspace', ${workspaceId}, true),
        set_config('lotse.member', ${ada.memberId}, true)`;
      await sql`update lotse.members set role = 'member' where id = ${pia.memberId}`;
      await sql`reset role`;
    },
    () => refusal(pia, 'member.change', { member: ada.memberId, role: 'member' }),
  );
  expect(answer).toBe('forbidden');
});

test('a pool is not deleted under a ticket that is being created in it', async () => {
  const { ada } = desk.cast;
  const pool = (await run(ada, 'pool.create', { name: 'Bald weg' })).result['pool'] ?? '';
  const answer = await overlap(
    desk.db.owner,
    (sql) => sql`
      insert into lotse.tickets (workspace_id, number, subject, pool_id)
      values (${desk.cast.workspaceId}, 77777, 'Eben noch', ${pool})
    `,
    () => refusal(ada, 'pool.delete', { pool }),
  );
  expect(answer).toBe('in.use');
});
