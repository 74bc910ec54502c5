import { afterAll, beforeAll, expect, test } from 'vitest';
import { execute } from '#server/execute.ts';
import { addMember, createCast, createTicket, run, type Cast, type Member } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { randomUUID } from 'node:crypto';

let db: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  db = await createTestDatabase();
  cast = await createCast();
});
afterAll(() => db.drop());

test('of 500 simultaneous claims one wins and 499 are told who', async () => {
  const ticket = await createTicket(cast);
  const crowd: Member[] = [];
  for (let i = 0; i < 20; i++) {
    const member = await addMember(cast.workspaceId, `Person ${i}`, 'member');
    await run(cast.ada, 'pool.setAccess', { pool: cast.heating, member: member.memberId, allowed: true });
    crowd.push(member);
  }
  const winners = new Set<string>();
  const told: unknown[] = [];
  await Promise.all(
    Array.from({ length: 500 }, async (_, i) => {
      const member = crowd[i % crowd.length] ?? cast.ben;
      const answer = await execute(member, { id: randomUUID(), name: 'ticket.claim', input: { ticket } });
      if (answer.ok) winners.add(member.memberId);
      else {
        expect(answer.error.code).toBe('ticket.taken');
        told.push(answer.error.detail['winner']);
      }
    }),
  );
  const [winner] = winners;
  expect(winners.size).toBe(1);
  // The winner's own 25 calls succeed quietly: doing what is done is no error.
  expect(told).toHaveLength(500 - 25);
  expect(new Set(told)).toEqual(new Set([winner]));
  const claims =
    await db.owner`select id from lotse.events where ticket_id = ${ticket} and type = 'ticket.claimed' and class = 'staff'`;
  expect(claims).toHaveLength(1);
});

test('a command sent twice is done once and answered the same', async () => {
  const call = { id: randomUUID(), name: 'ticket.create', input: { subject: 'Doppelt', pool: cast.heating } };
  const [first, second] = await Promise.all([execute(cast.ada, call), execute(cast.ada, call)]);
  const third = await execute(cast.ada, call);
  expect(first.ok).toBe(true);
  expect(second).toEqual(first);
  expect(third).toEqual(first);
});

/*
 * A claim writes its consequences itself, in SQL (private.claim_at_once), every other command by `append`. Giving a ticket to
 * oneself is the same act by the other way.
 */
test.each(['public', 'internal'] as const)(
  'claiming a %s ticket leaves what giving it to oneself leaves',
  async (visibility) => {
    const claimed = await tracesOf('ticket.claim', await createTicket(cast, { visibility }), {});
    const given = await tracesOf('ticket.assign', await createTicket(cast, { visibility }), {
      member: cast.ada.memberId,
    });
    expect(claimed.events).toHaveLength(visibility === 'public' ? 2 : 1);
    expect(claimed).toEqual(given);
  },
);

type Row = Record<string, unknown>;

/** All that a command of Ada's leaves in the database, but for what is each one's own. */
async function tracesOf(name: 'ticket.claim' | 'ticket.assign', ticket: string, to: { member?: string }) {
  const id = randomUUID();
  const before = await counts();
  expect(await execute(cast.ada, { id, name, input: { ticket, ...to } })).toMatchObject({ ok: true });
  const added = Object.entries(await counts()).map(([table, count]) => [table, count - (before[table] ?? 0)]);
  // Whom it was given to is said by giving alone: who claims takes it himself.
  const events = await db.owner<{ row: Row }[]>`
    select to_jsonb(e) #- '{payload,data,to}' as row from lotse.events e where command_id = ${id} order by id
  `;
  const commands = await db.owner<{ row: Row }[]>`select to_jsonb(c) as row from lotse.commands c where id = ${id}`;
  return { added, events: events.map(({ row }) => alike(row)), commands: commands.map(({ row }) => alike(row)) };

  /** With what differs between any two tickets and commands replaced by its kind: each key stays. */
  function alike(row: Row): unknown {
    const text = JSON.stringify(row).replaceAll(ticket, 'the ticket').replaceAll(id, 'the command');
    return JSON.parse(text, (key, value: unknown) => {
      if (key === 'eventIds' && Array.isArray(value)) return value.length;
      return own.has(key) && value !== null ? typeof value : value;
    });
  }
}

const own = new Set(['id', 'seq', 'customer_seq', 'number', 'created', 'created_at', 'waiting', 'type', 'name']);

/** How many rows each table has. */
async function counts(): Promise<Record<string, number>> {
  const tables = await db.owner<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'lotse'::regnamespace and relkind = 'r' order by 1
  `;
  const rows: [string, number][] = [];
  for (const { name } of tables) {
    const [row] = await db.owner<{ count: number }[]>`select count(*)::int as count from lotse.${db.owner(name)}`;
    rows.push([name, row?.count ?? 0]);
  }
  return Object.fromEntries(rows);
}

test('a claim sent twice at the same moment is done once and answered the same', async () => {
  for (let round = 0; round < 10; round++) {
    const call = { id: randomUUID(), name: 'ticket.claim', input: { ticket: await createTicket(cast) } };
    const answers = await Promise.all(Array.from({ length: 4 }, () => execute(cast.ben, call)));
    expect(answers[0]).toMatchObject({ ok: true, seq: expect.any(Number) as number });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const events = await db.owner`select class from lotse.events where command_id = ${call.id} order by seq`;
    expect(events.map((event) => event['class'])).toEqual(['staff', 'customer']);
  }
});

test('one command cannot claim two tickets', async () => {
  const id = randomUUID();
  const tickets = await Promise.all([createTicket(cast), createTicket(cast)]);
  await Promise.all(tickets.map((ticket) => execute(cast.ben, { id, name: 'ticket.claim', input: { ticket } })));
  const claimed = await db.owner`
    select id from lotse.tickets where id = any (${tickets}::uuid[]) and responsible_member_id is not null
  `;
  expect(claimed).toHaveLength(1);
});

test('a group that loses sight of its ticket hears so before everybody hears who claimed it', async () => {
  const ticket = await createTicket(cast, { visibility: 'internal' });
  await run(cast.ada, 'ticket.assign', { ticket, group: cast.caretakers });
  const id = randomUUID();
  const answer = await execute(cast.gus, { id, name: 'ticket.claim', input: { ticket } });
  const events = await db.owner<{ type: string; seq: number }[]>`
    select type, seq from lotse.events where command_id = ${id} order by seq
  `;
  expect(events.map(({ type }) => type)).toEqual(['ticket.left', 'ticket.claimed']);
  expect(answer).toMatchObject({ ok: true, seq: events[1]?.seq });
  const [row] = await db.owner<{ n: number; most: number; counter: number }[]>`
    select count(*) as n, max(e.seq) as most, max(c.event_seq) as counter
    from lotse.events e join lotse.workspace_counters c using (workspace_id)
    where workspace_id = ${cast.workspaceId}
  `;
  expect(row?.n).toBe(row?.most);
  expect(row?.counter).toBe(row?.most);
});

test('a stored answer is given to its own author only', async () => {
  const ticket = await createTicket(cast);
  const id = randomUUID();
  await execute(cast.ada, { id, name: 'ticket.claim', input: { ticket } });
  const other = await execute(cast.ben, { id, name: 'ticket.claim', input: { ticket } });
  expect(other.ok).toBe(false);
});
