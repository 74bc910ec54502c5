import type { Live } from '#lib/live/live.svelte.ts';
import { readAnew } from '#lib/live/read-anew.ts';
import { outboxKey } from './key.ts';

/** A server is asked so often at most, however much mail leaves. */
const restMs = 400;

/** Lets every page that shows or counts the agent's outgoing mail read anew when some of it changed. Returns how to end. */
export function followOutbox(live: Live): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const readSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void readAnew(outboxKey);
    }, restMs);
  };
  const stops = [
    live.onEvent(({ type }) => /^mail\.(queued|changed)$|^message\.withdrawn$/.test(type) && readSoon()),
    live.onNews((frame) => frame === null && readSoon()),
  ];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}
