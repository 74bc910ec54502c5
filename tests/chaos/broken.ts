import type { Worker } from 'node:worker_threads';

/** Rejects when the thread ends by an error, so that nobody waits for its answers for ever. */
export function brokenOf(worker: Worker): Promise<never> {
  const broken = new Promise<never>((_, reject) => worker.once('error', reject));
  // Whoever waits for an answer hears of it; where nobody does, it was said.
  broken.catch(() => undefined);
  return broken;
}
