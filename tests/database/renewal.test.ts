import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { asSystem } from '#server/database/actor.ts';
import { pool } from '#server/database/pool.ts';
import { ask, begin } from '#server/database/transaction.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

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

test('a question whose own line is cut is told so, and the next one is answered', async () => {
  const before = pool();
  const asked = ask((sql) => sql`select pg_terminate_backend(pg_backend_pid())`);
  await expect(asked).rejects.toThrow();
  expect(pool()).not.toBe(before);
  expect(await ask((sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
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
