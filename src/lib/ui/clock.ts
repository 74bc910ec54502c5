import { createSubscriber } from 'svelte/reactivity';

const stepMs = 15_000;
/** A device's clock is corrected by hand or by the network, and a sleeping one's stands still beside it. */
const jumpMs = 2_000;

/** The server's clock less this device's. */
let ahead = 0;
let drift = driftNow();

const subscribe = createSubscriber((update) => {
  const look = () => {
    if (Math.abs(driftNow() - drift) > jumpMs) void askClock().then(update);
    update();
  };
  const timer = setInterval(look, stepMs);
  // A sleeping tab's timers sleep too; waking, ages must not be those of yesterday.
  const wake = () => document.visibilityState === 'visible' && look();
  document.addEventListener('visibilitychange', wake);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', wake);
  };
});

/** The present, in milliseconds; read inside an effect or template it moves on every 15 seconds. One timer for the whole page. */
export function now(): number {
  subscribe();
  return Date.now() + ahead;
}

/** The server says what time it is: a device with a wrong clock shows the same ages as all others. */
export function setClock(serverNow: number): void {
  ahead = serverNow - Date.now();
  drift = driftNow();
}

/** How far the clock on the wall has moved against the one that nobody can set. */
function driftNow(): number {
  return Date.now() - performance.now();
}

async function askClock(): Promise<void> {
  try {
    const { headers } = await fetch('/healthz', { method: 'HEAD', signal: AbortSignal.timeout(10_000) });
    const date = Date.parse(headers.get('date') ?? '');
    if (!Number.isNaN(date)) setClock(date);
  } catch {
    // Offline: asked again at the next step, since the jump still shows.
  }
}
