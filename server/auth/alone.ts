import { asSystem } from '#server/database/actor.ts';

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `work` when nobody else runs work of this name, in any process. In this process everything queues, so that those who
 * wait hold no connection that the one at work needs.
 */
export function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const turn = last.then(() => underLock(name, work));
  last = turn.catch(() => undefined);
  return turn;
}

function underLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  return asSystem(null, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
    return work();
  });
}
