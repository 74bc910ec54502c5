import postgres from 'postgres';
import { asActor } from '#server/database/actor.ts';
import { pool, type Sql, type TransactionSql } from '#server/database/pool.ts';
import type { Somebody } from './world.ts';

class Undo extends Error {}

/** Runs `work` in a transaction as somebody, under the real role, and takes everything back. */
export async function inTheNameOf(
  somebody: Somebody,
  owner: Sql,
  work: (sql: TransactionSql) => Promise<void>,
): Promise<void> {
  const undone = async (sql: TransactionSql) => {
    await work(sql);
    throw new Undo();
  };
  const running =
    somebody === 'nobody'
      ? pool().begin(undone)
      : somebody === 'another role'
        ? owner.begin(async (sql) => {
            await sql`set local role lotse_test_other`;
            await undone(sql);
          })
        : asActor(somebody, ({ sql }) => undone(sql));
  await running.catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error;
  });
}

/** How many rows a statement met, or the code it was refused with; it changes nothing in either case. */
export async function tried(
  sql: TransactionSql,
  statement: (sql: TransactionSql) => Promise<{ count: number }>,
): Promise<number | string> {
  let count = 0;
  try {
    await sql.savepoint(async (point) => {
      ({ count } = await statement(point));
      throw new Undo();
    });
  } catch (error) {
    if (error instanceof postgres.PostgresError) return error.code;
    if (!(error instanceof Undo)) throw error;
  }
  return count;
}
