import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readLatest } from '../bench/latest.ts';
import { loads } from '../bench/loads.ts';
import { Clockwork } from '../scale/clockwork.ts';
import { comeBack } from '../scale/comeback.ts';
import { constants, constantsFrom, type Constants } from '../scale/constants.ts';
import { Histogram } from '../scale/histogram.ts';
import { section } from '../scale/markdown.ts';
import { offered, planned } from '../scale/plan.ts';
import { run } from '../scale/run.ts';
import { sizes, usual, wholesomeLoad, type Scenario } from '../scale/scenario.ts';
import { Station } from '../scale/station.ts';
import { tablesFrom } from '../scale/tables.ts';
import { benchOf, compare } from '../scale/validate.ts';
import { Chance } from '../support/chance.ts';

const used = await readLatest(new URL('../../bench/scale.json', import.meta.url));
if (!used) throw new Error('bench/scale.json is missing');
const costs = constantsFrom(used);

const small: Scenario = {
  ...usual,
  name: 'small',
  viewers: 60,
  workspaces: 3,
  processes: 2,
  databaseCores: 2,
  commandsPerHour: 600,
  mailsPerHour: 60,
  simulatedS: 30,
};

test.each(['together', 'spread'] as const)(
  'every event is delivered to each viewer of its workspace once: %s',
  (placement) => {
    const { events, deliveries, wrong } = run({ ...small, placement }, costs);
    expect(events).toBeGreaterThan(100);
    expect(wrong).toBe(0);
    expect(deliveries).toBe(events * 20);
  },
);

test('nobody is left over when people do not divide evenly', () => {
  expect(sizes({ viewers: 10, workspaces: 3 }).toSorted()).toEqual([3, 3, 4]);
  const { events, wrong } = run({ ...small, viewers: 61, processes: 3, placement: 'spread' }, costs);
  expect([events > 0, wrong]).toEqual([true, 0]);
});

test('a queue waits as long as theory says', () => {
  const clock = new Clockwork();
  const station = new Station(clock);
  const chance = new Chance(7);
  const [jobs, load] = [100_000, 0.8];
  let waited = 0;
  let at = 0;
  for (let i = 0; i < jobs; i++) {
    const arrival = (at += -Math.log(1 - chance.next()) / load);
    clock.at(arrival, () => (waited += station.serve(1) - arrival));
  }
  clock.run();
  // Pollaczek and Khinchine, for jobs of equal length.
  const expected = load / (2 * (1 - load));
  expect(Math.abs(waited / jobs / expected - 1)).toBeLessThan(0.05);
});

test('a fan-out counts as if each of its deliveries were counted alone', () => {
  const [ramp, single] = [new Histogram(), new Histogram()];
  for (const [from, step, times] of [
    [0.01, 0.0125, 5_000],
    [3, 0, 10],
    [40, 0.5, 333],
  ] as const) {
    ramp.addRamp(from, step, times);
    for (let i = 0; i < times; i++) single.add(from + i * step);
  }
  expect(ramp.count).toBe(single.count);
  for (const percent of [1, 50, 90, 99, 100])
    expect(ramp.percentile(percent)).toBeCloseTo(single.percentile(percent), 6);
});

test('the simulated load is what arithmetic says is asked', () => {
  const scenario: Scenario = {
    ...usual,
    name: 'even',
    viewers: 800,
    workspaces: 8,
    processes: 2,
    databaseCores: 2,
    simulatedS: 600,
  };
  const { load, isStable } = run(scenario, costs);
  const asked = offered(scenario, costs);
  expect(isStable).toBe(true);
  for (const [simulated, expected] of [
    [load.process, asked.busiestProcess],
    [load.database, asked.database / 2],
    [load.redis, asked.redis],
  ] as const)
    expect(Math.abs(simulated / expected - 1)).toBeLessThan(0.1);
});

test('what is planned works within its load, and half of it is told to be too little', () => {
  const wish = { ...usual, name: 'crowd', viewers: 4_000, workspaces: 1 };
  const plan = planned(wish, costs);
  if (!plan) throw new Error('There is no plan for 4,000 viewers');
  const enough = run(plan, costs);
  expect(enough.isStable).toBe(true);
  expect(enough.load.process).toBeLessThan(wholesomeLoad * 1.2);
  const tooFew = run({ ...plan, viewers: 8_000, processes: 1 }, costs);
  expect(tooFew.isStable).toBe(false);
  expect(tooFew.serverMs.p99).toBeGreaterThan(enough.serverMs.p99);
});

test('more viewers of one board are told later, and load it more', () => {
  const outcomes = [100, 300, 1_000].map((viewers) =>
    run({ ...usual, name: '', viewers, workspaces: 1, processes: 1, databaseCores: 2 }, costs),
  );
  const times = outcomes.map(({ last }) => last.serverMs.p50);
  const loads = outcomes.map(({ load }) => load.process);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(loads).toEqual(loads.toSorted((a, b) => a - b));
});

test('the same seed is the same day', () => {
  const dayOf = (seed: number) => ({ ...run({ ...small, seed }, costs), scenario: small });
  expect(dayOf(small.seed)).toEqual(dayOf(small.seed));
  // Of so short a day two percentiles may be alike by chance, but not all that it is made of.
  expect(dayOf(1)).not.toEqual(dayOf(small.seed));
});

test('after a restart all come back, later the more they missed and the fewer take them in', () => {
  const back = { viewers: 500, processes: 1, databaseCores: 2, awayMs: 5_000, missedEvents: 500, seed: 3 };
  const one = comeBack(back, costs);
  expect(one.present).toBe(500);
  expect(comeBack({ ...back, missedEvents: 4_000 }, costs).allConsistentS).toBeGreaterThan(one.allConsistentS);
  expect(comeBack({ ...back, viewers: 5_000, processes: 4 }, costs).allConsistentS).toBeLessThan(
    comeBack({ ...back, viewers: 5_000 }, costs).allConsistentS,
  );
});

test.each(loads)('the comparison sends what the benchmark sent: $audience boards', ({ audience, perSecond }) => {
  const { commandsPerHour, viewers, simulatedS } = benchOf(audience, perSecond);
  expect((commandsPerHour * viewers) / 3_600).toBeCloseTo(perSecond);
  expect(perSecond * simulatedS).toBeGreaterThanOrEqual(100);
});

test('a cost that nobody measured is named', () => {
  const figures = Object.fromEntries(Object.entries(used.figures).filter(([key]) => key !== constants.deliveryUs));
  expect(() => constantsFrom({ ...used, figures })).toThrow('cost.delivery.cpu_us');
});

test('the tables of docs/scale.md are what the simulation prints', { timeout: 120_000 }, async () => {
  const document = await readFile(new URL('../../docs/scale.md', import.meta.url), 'utf8');
  const tables = tablesFrom(costs satisfies Constants, compare(used, costs));
  for (const [name, table] of Object.entries(tables)) expect(section(document, name).text, name).toBe(table);
});
