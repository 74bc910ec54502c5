import { afterEach, expect, test } from 'vitest';
import { closeAuth } from '#server/auth/home.ts';
import { storm } from '../chaos/storm.ts';
import { createLiveDatabase } from '../support/live.ts';
import type { TestDatabase } from '../support/database.ts';

/* The same for minutes: `npm run chaos -- --minutes 5`. A seed that failed is tried again by `--seed`. */

let database: TestDatabase;

afterEach(async () => {
  await closeAuth();
  await database.drop();
});

// On a busy machine it goes on until enough came in parts, and then everybody must come back.
test(
  'after a storm of faults every screen shows what is, and every acknowledged command was done once',
  { timeout: 300_000 },
  async () => {
    database = await createLiveDatabase();
    const seed = Date.now() % 1_000_000;
    const met = await storm({ database, seed, forMs: 12_000, leastParts: 11, say: () => undefined });
    expect(met.wrong, `seed ${seed}`).toEqual([]);
    expect(met.done).toBeGreaterThan(20);
    expect(met.parts, `seed ${seed}`).toBeGreaterThan(10);
    expect(met.kills, `seed ${seed}`).toBeGreaterThan(0);
  },
);
