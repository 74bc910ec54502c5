import { setTimeout } from 'node:timers/promises';

/** Without a pause the asking alone would keep both cores of a small machine from what is waited for. */
const pauseMs = 10;

/** Asks again until there is an answer; the test's own time limit ends it. */
export async function until<T>(ask: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await setTimeout(pauseMs);
  }
}
