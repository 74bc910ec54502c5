import type { WebsocketProvider } from 'y-websocket';
import { waitAfterMs } from '#lib/live/again.ts';

/** Its own wait is 2^n × 100 ms, or `maxBackoffTime` where that is less: from here on it always is. */
const beyondItsOwn = 10;
/** One page alone is told to come again: nobody comes with it. */
const soonMs = 200;

/**
 * Lets notes come back after a random time as boards do. By themselves all pages that lost their server in the same moment would
 * knock at its door in the same moment, again and again.
 */
export function comeBackByChance(provider: WebsocketProvider): void {
  let awaySince: number | null = null;
  provider.on('sync', (isSynced) => {
    if (isSynced) awaySince = null;
  });
  // Told just before the wait is reckoned.
  provider.on('connection-close', (event) => {
    awaySince ??= performance.now();
    provider.wsUnsuccessfulReconnects = beyondItsOwn;
    const isAlone = event?.reason === 'rights';
    provider.maxBackoffTime = isAlone ? Math.random() * soonMs : waitAfterMs(performance.now() - awaySince);
  });
}
