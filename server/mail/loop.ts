import { reportUnexpected } from '#server/log.ts';

export type Loop = {
  poke(): void;
  /** False while its work fails, most often because the database is away. */
  isReady(): boolean;
  stop(): Promise<void>;
};

type LoopOptions = {
  name: string;
  /** Does one piece of work; false when there was none. */
  step(): Promise<boolean>;
  /** Work also arrives from other processes and by the clock. */
  pollMs: number;
  workers?: number;
};

/** Works while there is work, then sleeps until poked or until the next poll. Stopping waits for what is under way. */
export function startLoop({ name, step, pollMs, workers = 1 }: LoopOptions): Loop {
  let isStopping = false;
  let isFailing = false;
  let wake = Promise.withResolvers<void>();
  const poke = () => wake.resolve();

  async function work(): Promise<void> {
    while (!isStopping) {
      try {
        while (!isStopping && (await step())) isFailing = false;
        isFailing = false;
      } catch (error) {
        isFailing = true;
        // Most often the database is away: the work lies in its table and waits.
        reportUnexpected(error, { part: 'mail', loop: name });
      }
      if (!isStopping) await sleep();
    }
  }

  async function sleep(): Promise<void> {
    const timer = setTimeout(poke, pollMs);
    await wake.promise;
    clearTimeout(timer);
    wake = Promise.withResolvers<void>();
  }

  const running = Array.from({ length: workers }, work);
  return {
    poke,
    isReady: () => !isFailing,
    async stop() {
      isStopping = true;
      poke();
      await Promise.all(running);
    },
  };
}
