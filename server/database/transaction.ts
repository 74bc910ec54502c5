import { pool, renewPool, type TransactionSql } from './pool.ts';

/**
 * Runs `work` in one transaction of the pool. postgres.js ends a transaction whose connection broke with a rollback on that same
 * connection, which throws outside of every promise and ends the process (3.4.9, connection.js, nextWrite). So for a connection
 * that broke nothing is said any more: its work is left where it stands, and the close, which is told either way, is the answer.
 */
export async function begin<T>(mode: string, work: (sql: TransactionSql) => Promise<T>): Promise<T> {
  let isBroken = false;
  const used = pool();
  const transaction = used.begin(mode, async (sql) => {
    try {
      const result = await work(whileOpen(sql, () => isBroken));
      if (!isBroken) return result;
    } catch (error) {
      if (!isBroken && !breaks(error)) throw error;
    }
    return new Promise<never>(() => undefined);
  });
  try {
    return (await transaction) as T;
  } catch (error) {
    isBroken = true;
    if (isCut(error)) renewPool(used);
    throw error;
  }
}

/** Nobody may speak on a line that is gone. */
function whileOpen(sql: TransactionSql, isBroken: () => boolean): TransactionSql {
  return new Proxy(sql, {
    apply(query, self, args: unknown[]) {
      if (isBroken()) throw Object.assign(new Error('The connection broke'), { code: 'CONNECTION_CLOSED' });
      return Reflect.apply(query, self, args) as unknown;
    },
  });
}

/** An open connection ended, as against one that could not be made. */
function isCut(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'CONNECTION_CLOSED';
}

/** Of the driver's own errors, those after which the connection closes. */
function breaks(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('severity' in error) return error.severity === 'FATAL' || error.severity === 'PANIC';
  if (!('code' in error)) return false;
  return /^CONNECTION_/.test(String(error.code)) || ('query' in error && /^E[A-Z]+$/.test(String(error.code)));
}
