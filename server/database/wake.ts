import { setTimeout } from 'node:timers/promises';
import { ask } from './transaction.ts';

/** The channel on which processes tell each other that a workspace has new events. */
export const channel = 'lotse_events';

/** Of a storm, what comes within this time travels together: each NOTIFY is a transaction of its own, for every listener. */
const spacingMs = 5;

const pending = new Set<string>();
let sending: Promise<void> | undefined;

/**
 * Tells every process that there is something new, after the commit and outside of it (inside, NOTIFY's lock cost 70 %
 * of the claims). The first goes at once, those that come while it is on its way travel together. A lost wake-up costs a second: feeds poll.
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
      await ask((sql) => sql`select pg_notify(${channel}, id) from unnest(${workspaces}::text[]) id`);
    } catch {
      // The database is away; the feeds' own poll finds the events when it is back.
      return;
    }
    await setTimeout(spacingMs, undefined, { ref: false });
  }
}
