import { beatMs } from '#server/realtime/presence/words.ts';
import { mailDatabaseMs, type Constants } from './constants.ts';
import { redisMs, visitsMs } from './presence.ts';
import { seatsOf, wholesomeLoad, type Scenario } from './scenario.ts';

/** Sockets of one process as far as the benchmark went. */
const mostViewers = 5_000;

/** What a scenario asks for each second, by arithmetic: in processors, each 1 when it works all the time. */
export type Offered = { busiestProcess: number; database: number; redis: number };

export function offered(scenario: Scenario, costs: Constants): Offered {
  const { viewers, processes } = scenario;
  const perS = (perHour: number) => perHour / 3_600;
  const isShared = processes > 1;
  const each = Array.from({ length: processes }, () => 0);
  let [reads, redis] = [0, 0];
  for (const seats of seatsOf(scenario)) {
    const size = [...seats.values()].reduce((sum, count) => sum + count, 0);
    const events = perS(scenario.commandsPerHour + scenario.mailsPerHour) * size;
    const looks = perS(scenario.looksPerHour) * size;
    const beats = 1_000 / beatMs;
    reads += events * seats.size;
    if (isShared) redis += (looks + beats * seats.size) * redisMs(costs, seats.size);
    for (const [index, count] of seats) {
      const own = perS(scenario.commandsPerHour) * count * costs.commandMs;
      const told = (events * costs.eventUs + (events + looks) * count * costs.deliveryUs) / 1_000;
      // Each of its own visits is said by a process, all others' are heard.
      const shared = isShared ? looks * visitsMs(costs, 1) + beats * saidMs(seats, costs) : 0;
      each[index] = (each[index] ?? 0) + (own + told + shared) / 1_000;
    }
  }
  const looks = perS(scenario.looksPerHour) * viewers;
  const writes = perS(scenario.commandsPerHour) * viewers * costs.databaseMs;
  const mails = perS(scenario.mailsPerHour) * viewers * mailDatabaseMs(costs);
  return {
    busiestProcess: each.reduce((most, load) => Math.max(most, load), 0),
    database: (writes + mails + (reads + looks) * costs.readMs) / 1_000,
    redis: redis / 1_000,
  };
}

function saidMs(seats: Map<number, number>, costs: Constants): number {
  return [...seats.values()].reduce((sum, count) => sum + visitsMs(costs, count), 0);
}

const mostProcesses = 1_000;

/**
 * The fewest processes and cores with which nothing works more than it should; at least two of each, so that one may die.
 * @returns null where no number of processes is enough
 */
export function planned(wish: Omit<Scenario, 'processes' | 'databaseCores'>, costs: Constants): Scenario | null {
  for (let processes = Math.max(2, Math.ceil(wish.viewers / mostViewers)); processes <= mostProcesses;) {
    const { busiestProcess, database } = offered({ ...wish, processes, databaseCores: 1 }, costs);
    const databaseCores = Math.max(2, Math.ceil(database / wholesomeLoad));
    if (busiestProcess <= wholesomeLoad) return { ...wish, processes, databaseCores };
    // A tenth more where there are many: each step costs the arithmetic of all workspaces.
    processes += Math.max(1, Math.floor(processes / 10));
  }
  return null;
}
