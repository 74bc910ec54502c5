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

test('a stored answer is given to its own author only', async () => {
  const ticket = await createTicket(cast);
  const id = randomUUID();
  await execute(cast.ada, { id, name: 'ticket.claim', input: { ticket } });
  const other = await execute(cast.ben, { id, name: 'ticket.claim', input: { ticket } });
  expect(other.ok).toBe(false);
});
