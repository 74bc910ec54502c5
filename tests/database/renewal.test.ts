import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { asSystem } from '#server/database/actor.ts';
import { pool } from '#server/database/pool.ts';
import { ask, begin } from '#server/database/transaction.ts';
import { execute } from '#server/execute.ts';
import { Pulse } from '#server/realtime/pulse.ts';
import { createCast, createTicket } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ connections: 4 });
});
afterAll(() => database.drop());

/** A transaction that holds a connection until it may end. */
async function hold() {
  const [begun, mayEnd] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()];
  const held = asSystem(null, async ({ sql }) => {
    const [line] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    begun.resolve(line?.pid ?? 0);
    await mayEnd.promise;
    return sql<{ isWhole: boolean }[]>`select true as is_whole`;
  });
  const pid = await begun.promise;
  return {
    held,
    end: mayEnd.resolve,
    async cut() {
      const ended = expect(held).rejects.toMatchObject({ code: 'database.away' });
      await Promise.all([database.owner`select pg_terminate_backend(${pid})`, ended]);
    },
  };
}

test('a pool whose lines are all in use is not taken for one that is dead', async () => {
  const before = pool();
  const [first, ...others] = await Promise.all([hold(), hold(), hold(), hold()]);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], shouldAdvanceTime: true });
  const next = hold();
  const beat = new Pulse().feel();
  await vi.advanceTimersByTimeAsync(30_000);
  first?.end();
  const { end, held } = await next;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(pool()).toBe(before);
  end();
  await Promise.all([held, beat]);
  vi.useRealTimers();
  for (const other of others) {
    other.end();
    expect(await other.held).toEqual([{ isWhole: true }]);
  }
});

describe('a pool that is renewed because one line was cut', () => {
  afterEach(() => void vi.useRealTimers());

  test('lets healthy transactions come to their end', async () => {
    const before = pool();
    const [healthy, other] = await Promise.all([hold(), hold()]);
    // The driver opens its lines by a timer, too.
    await database.owner`select 1`;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await other.cut();
    expect(pool()).not.toBe(before);
    // Longer than anything is waited for at the end of the process.
    await vi.advanceTimersByTimeAsync(30_000);
    vi.useRealTimers();
    healthy.end();
    expect(await healthy.held).toEqual([{ isWhole: true }]);
  });

  test('takes those along who still waited for a connection', async () => {
    const [other, ...healthy] = await Promise.all([hold(), hold(), hold(), hold()]);
    const waiting = [1, 2, 3].map((count) => asSystem(null, ({ sql }) => sql`select ${count}::int as count`));
    await other?.cut();
    expect(await Promise.all(waiting)).toEqual([[{ count: 1 }], [{ count: 2 }], [{ count: 3 }]]);
    for (const { held, end } of healthy) {
      end();
      expect(await held).toEqual([{ isWhole: true }]);
    }
  });

  test('takes those along who asked one question by itself', async () => {
    const [other, ...healthy] = await Promise.all([hold(), hold(), hold(), hold()]);
    const waiting = [1, 2, 3].map((count) => ask((sql) => sql`select ${count}::int as count`));
    await other?.cut();
    expect(await Promise.all(waiting)).toEqual([[{ count: 1 }], [{ count: 2 }], [{ count: 3 }]]);
    for (const { held, end } of healthy) {
      end();
      await held;
    }
  });
});

test('a claim that was refused in the next pool leaves nothing when it comes through in the one that was left', async () => {
  const cast = await createCast();
  const [other, ...healthy] = await Promise.all([hold(), hold(), hold(), hold()]);
  const [id, ticket] = [randomUUID(), randomUUID()];
  const claimed = execute(cast.ada, { id, name: 'ticket.claim', input: { ticket }, isFirst: true });
  await other?.cut();
  expect(await claimed).toMatchObject({ ok: false, error: { code: 'ticket.notFound' } });
  await createTicket(cast, { ticket });
  for (const { held, end } of healthy) {
    end();
    await held;
  }
  const [row] = await database.owner<{ answer: unknown }[]>`select answer from lotse.commands where id = ${id}`;
  expect(row?.answer).toEqual({ refused: { code: 'ticket.notFound', detail: {} } });
  const told = await database.owner`select from lotse.events where command_id = ${id}`;
  expect(told).toHaveLength(0);
});

test('a question whose own line is cut is told so, and the next one is answered', async () => {
  const before = pool();
  const asked = ask((sql) => sql`select pg_terminate_backend(pg_backend_pid())`);
  await expect(asked).rejects.toThrow();
  expect(pool()).not.toBe(before);
  expect(await ask((sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
});

test('a claim whose own line is cut is not done, takes the pool along, and is done by the same command again', async () => {
  const cast = await createCast();
  const ticket = await createTicket(cast);
  const call = { id: randomUUID(), name: 'ticket.claim', input: { ticket } };
  const before = pool();
  await database.owner.begin(async (sql) => {
    await sql`select from lotse.tickets where id = ${ticket} for update`;
    const claimed = execute(cast.ben, call);
    const waiting = await until(async () => {
      const [row] = await sql<{ pid: number }[]>`
        select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
      `;
      return row;
    });
    await sql`select pg_terminate_backend(${waiting.pid})`;
    expect(await claimed).toMatchObject({ ok: false, error: { code: 'database.away' } });
  });
  expect(pool()).not.toBe(before);
  expect(await execute(cast.ben, call)).toMatchObject({ ok: true });
  expect(await execute(cast.ben, call)).toMatchObject({ ok: true });
  const told = await database.owner`
    select from lotse.events where ticket_id = ${ticket} and type = 'ticket.claimed' and class = 'staff'
  `;
  expect(told).toHaveLength(1);
});

test('the error of another connection ends a transaction, and leaves the pool as it is', async () => {
  const before = pool();
  const foreign = Object.assign(new Error('elsewhere'), { code: 'CONNECTION_CLOSED' });
  const failed = begin('', async (sql) => {
    await sql`select 1`;
    throw foreign;
  });
  await expect(failed).rejects.toBe(foreign);
  expect(pool()).toBe(before);
  expect(await asSystem(null, ({ sql }) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
});
