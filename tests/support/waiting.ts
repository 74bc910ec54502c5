import type { Sql, TransactionSql } from '#server/database/pool.ts';

/**
 * Runs `first` in a transaction, starts `second` before it is committed, and commits once `second` waits for a lock of it.
 * @returns what `second` ends with
 */
export async function overlap<T>(
  owner: Sql,
  first: (sql: TransactionSql) => Promise<unknown>,
  second: () => Promise<T>,
): Promise<T> {
  let running: Promise<T> | undefined;
  await owner.begin(async (sql) => {
    await first(sql);
    running = second();
    await untilSomebodyWaits(sql, running);
  });
  if (!running) throw new Error('the first did not get that far');
  return running;
}

async function untilSomebodyWaits(sql: TransactionSql, running: Promise<unknown>): Promise<void> {
  let ended = false;
  void running.catch(() => undefined).finally(() => (ended = true));
  // Each look is a round trip; when the second ended without waiting, the test that follows says what is wrong with that.
  while (!ended) {
    const waiting = await sql`
      select from pg_stat_activity where pg_backend_pid() = any (pg_blocking_pids(pid)) and datname = current_database()
    `;
    if (waiting.length > 0) return;
  }
}
