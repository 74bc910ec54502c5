import type { Live } from '#lib/live/live.svelte.ts';
import type { Refusal } from '#lib/shared/errors.ts';

/** Half of what the server gives: one renewal may be lost on the way. */
const renewMs = 60_000;

/** Holds a mail while somebody works on it, so that nobody else decides about it meanwhile. Returns how to let it go. */
export function hold(live: Live, mail: string, onrefused: (refusal: Refusal) => void): () => void {
  const take = async () => {
    const answer = await live.send('mail.take', { mail }, { quiet: true });
    if (!answer.ok) onrefused(answer.error);
  };
  void take();
  const timer = setInterval(() => void take(), renewMs);
  return () => {
    clearInterval(timer);
    void live.send('mail.letGo', { mail }, { quiet: true });
  };
}
