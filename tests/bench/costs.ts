import { canTellCpu } from './cpu.ts';
import { databaseCosts } from './costs-database.ts';
import { liveCosts } from './costs-live.ts';
import { redisCosts } from './costs-redis.ts';
import type { Measured } from './figures.ts';
import { keys } from './keys.ts';
import type { Bench, Part } from './part.ts';

/**
 * What one thing costs, as processor time and bytes rather than as waiting: a busy machine changes these figures little, and
 * many of them together make up any load. The simulation in tests/scale reads them.
 */
export const costs: Part = { keys: keys.costs, measure: measureCosts };

async function measureCosts(bench: Bench): Promise<Measured[]> {
  if (!canTellCpu()) {
    bench.say('costs: left out, since only Linux tells what a process has used');
    return [];
  }
  bench.say('costs: a claim and its commit');
  const database = await databaseCosts(bench);
  bench.say('costs: an event, its deliveries and a viewer');
  const live = await liveCosts(bench);
  return [...database, ...live, ...(await redisCosts(bench))];
}
