import { lane } from '#server/database/pool.ts';

/** More than may wait (server/database/pool.ts) and run. */
const crowd = 5_100;

/** Fills the lane of the writers, so that whoever comes is refused at once; returns how to empty it. */
export function fillLane(): () => Promise<void> {
  const end = Promise.withResolvers<void>();
  const all = Array.from({ length: crowd }, (_, i) => lane().run(`crowd ${i}`, () => end.promise));
  const settled = Promise.allSettled(all);
  return async () => {
    end.resolve();
    await settled;
  };
}
