import { setTimeout } from 'node:timers/promises';
import { log } from '#server/log.ts';
import { beside } from './pool.ts';

/** A line that went silent never answers; by then the statement that was to end has ended by its own time. */
const mostMs = 5_000;

/**
 * Ends the statement that runs in `work` when `signal` says that nobody waits for it any more. Its connection goes on to others
 * only once PostgreSQL has been told, or their statement might be the one that ends: so not the driver's own `cancel()`, which
 * nobody can wait for, and whose failure ends the process (postgres.js 3.4.9, query.js).
 * @param pid of the connection's process
 */
export async function whileWanted<T>(signal: AbortSignal, pid: number, work: () => Promise<T>): Promise<T> {
  let told: Promise<unknown> | undefined;
  const end = () => {
    // A statement that is not ended here ends by its own time.
    const cancelled = beside()`select pg_cancel_backend(${pid})`.catch((error: unknown) =>
      log.warn({ err: error }, 'not cancelled'),
    );
    told = Promise.race([cancelled, setTimeout(mostMs, undefined, { ref: false })]);
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', end);
    await told;
  }
}
