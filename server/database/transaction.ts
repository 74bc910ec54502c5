import { setTimeout } from 'node:timers/promises';
import { heard, onRenewal, pool, renewPool, type Sql, type TransactionSql } from './pool.ts';

type Work<T> = (sql: TransactionSql) => Promise<T>;

/** The driver tells of a close at once when it comes, and the server's end comes with the next packet. */
const closeMs = 1_000;
/** Whoever waited in so many pools that broke waits in the last one until it is ended. */
const mostMoves = 10;

const moved = Symbol('moved');

/**
 * Runs `work` in one transaction of the pool; where the pool is exchanged before a connection was free, in one of the next.
 * @param mode as behind `begin`
 */
export async function begin<T>(mode: string, work: Work<T>): Promise<T> {
  for (let moves = 0; moves < mostMoves; moves++) {
    const left = Promise.withResolvers<typeof moved>();
    let hasLeft = false;
    const stay = onRenewal(() => {
      hasLeft = true;
      left.resolve(moved);
    });
    // A connection of the pool that was left may be free after all.
    const unlessLeft = async (sql: TransactionSql) => (hasLeft ? moved : work(sql));
    const result = await Promise.race([beginIn<T | typeof moved>(mode, unlessLeft, stay), left.promise]);
    if (result !== moved) return result;
  }
  return beginIn(mode, work, () => undefined);
}

/**
 * postgres.js ends a transaction whose connection broke with a rollback on that same connection, which throws outside of every
 * promise and ends the process (3.4.9, connection.js, nextWrite). So for a connection that broke nothing is said any more: its
 * work is left where it stands, and the close, which is told either way, is the answer. An error of another connection that the
 * work used looks the same, but no close follows: then the transaction is rolled back.
 * @param stay called when it begins, or cannot
 */
async function beginIn<T>(mode: string, work: Work<T>, stay: () => void): Promise<T> {
  let isBroken = false;
  let isOurs = true;
  const closed = Promise.withResolvers<void>();
  const used = pool();
  const transaction = used.begin(mode, async (sql) => {
    heard();
    stay();
    try {
      const result = await work(whileOpen(sql, () => isBroken));
      if (!isBroken) {
        heard();
        return result;
      }
    } catch (error) {
      if (!isBroken && !breaks(error)) throw error;
      await Promise.race([closed.promise, setTimeout(closeMs, undefined, { ref: false })]);
      if (!isBroken) {
        isOurs = false;
        throw error;
      }
    }
    return new Promise<never>(() => undefined);
  });
  try {
    return (await transaction) as T;
  } catch (error) {
    isBroken = true;
    closed.resolve();
    stay();
    if (isOurs && isCut(error)) renewPool(used);
    throw error;
  }
}

/**
 * Runs one statement by itself, of which it does not matter how often it is run: it only reads, or a second time finds all done.
 * Where the pool is exchanged before it was answered, it is asked again in the next: in the one that was left it may stand behind a
 * line that broke.
 */
export async function ask<T>(statement: (sql: Sql) => Promise<T>): Promise<T> {
  for (let moves = 0; moves < mostMoves; moves++) {
    const left = Promise.withResolvers<typeof moved>();
    const stay = onRenewal(() => left.resolve(moved));
    const used = pool();
    try {
      const result = await Promise.race([statement(used), left.promise]);
      if (result !== moved) {
        heard();
        return result;
      }
    } catch (error) {
      if (isCut(error)) renewPool(used);
      throw error;
    } finally {
      stay();
    }
  }
  return statement(pool());
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
