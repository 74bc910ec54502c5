import { createSubscriber } from 'svelte/reactivity';

const stepMs = 15_000;

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, stepMs);
  // A sleeping tab's timers sleep too; waking, ages must not be those of yesterday.
  const wake = () => document.visibilityState === 'visible' && update();
  document.addEventListener('visibilitychange', wake);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', wake);
  };
});

/** The present, in milliseconds; read inside an effect or template it moves on every 15 seconds. One timer for the whole page. */
export function now(): number {
  subscribe();
  return Date.now();
}
