import { pool } from './pool.ts';

/** The channel on which processes tell each other that a workspace has new events. */
export const channel = 'lotse_events';

const pending = new Set<string>();
let sending: Promise<void> | undefined;

/**
 * Tells every process that there is something new, after the commit and outside of it (inside, NOTIFY's lock cost 70 %
 * of the claims). Calls that come while one is on its way travel together. A lost wake-up costs a second: feeds poll.
 */
export function wake(workspaceId: string): void {
  pending.add(workspaceId);
  sending ??= send().finally(() => {
    sending = undefined;
  });
}

async function send(): Promise<void> {
  while (pending.size > 0) {
    const workspaces = [...pending];
    pending.clear();
    try {
      await pool()`select pg_notify(${channel}, id) from unnest(${workspaces}::text[]) id`;
    } catch {
      // The database is away; the feeds' own poll finds the events when it is back.
      return;
    }
  }
}
