import { longestWaitMs } from '#lib/live/again.ts';
import { Chance } from '../support/chance.ts';
import { Clockwork } from './clockwork.ts';
import type { Constants } from './constants.ts';
import { Station } from './station.ts';

export type Comeback = {
  viewers: number;
  /** How many processes take them in. */
  processes: number;
  databaseCores: number;
  /** How long nobody was there. */
  awayMs: number;
  missedEvents: number;
  seed: number;
};

/** @returns seconds from the return of the servers until the last board shows the present, and the load meanwhile */
export function comeBack(
  { viewers, processes, databaseCores, awayMs, missedEvents, seed }: Comeback,
  costs: Constants,
) {
  const clock = new Clockwork();
  const chance = new Chance(seed);
  const threads = Array.from({ length: processes }, () => new Station(clock));
  const database = new Station(clock, databaseCores);
  let present = 0;
  let lastAt = 0;
  for (let viewer = 0; viewer < viewers; viewer++) {
    const thread = threads[viewer % processes];
    clock.at(firstTryAfter(awayMs, chance), () =>
      thread?.serve(costs.joinMs, () =>
        database.serve(costs.joinDatabaseMs, () =>
          thread.serve((costs.catchUpUs / 1_000) * missedEvents, (endedAt) => {
            present++;
            lastAt = endedAt;
          }),
        ),
      ),
    );
  }
  clock.run();
  return { present, allConsistentS: (lastAt - awayMs) / 1_000 };
}

/** As a client waits before it tries again: at random, up to the time that it has been away. */
function firstTryAfter(awayMs: number, chance: Chance): number {
  let at = 0;
  while (at < awayMs) at += chance.next() * longestWaitMs(at);
  return at;
}
