import { beatMs } from '#server/realtime/presence/words.ts';
import type { Constants } from './constants.ts';
import { Desk } from './desk.ts';
import type { Scenario } from './scenario.ts';

/** Share of the time in which each part worked; the busiest of its kind. */
export type Load = { process: number; database: number; counter: number; redis: number };

export type Outcome = {
  scenario: Scenario;
  events: number;
  deliveries: number;
  /** Events that reached another number of viewers than their workspace has. */
  wrong: number;
  signs: number;
  serverMs: { p50: number; p99: number };
  endMs: { p50: number; p99: number };
  /** To the last of an event's viewers. */
  last: { serverMs: { p50: number; p99: number }; endMs: { p50: number; p99: number } };
  load: Load;
  bottleneck: keyof Load;
  /** Nothing works all the time: what comes in goes out. */
  isStable: boolean;
  /** Of the busiest process, on average. */
  megabitPerS: number;
};

/** Lets people act for the scenario's time, then waits until everything has arrived everywhere. */
export function run(scenario: Scenario, costs: Constants): Outcome {
  const desk = new Desk(scenario, costs);
  const endMs = scenario.simulatedS * 1_000;
  for (const workspace of desk.workspaces) {
    const every = (perHour: number) => 3_600_000 / (perHour * workspace.viewers);
    const { commandsPerHour, looksPerHour, mailsPerHour, isPaced } = scenario;
    repeated(desk, { every: every(commandsPerHour), endMs, isPaced }, () => desk.command(workspace));
    repeated(desk, { every: every(looksPerHour), endMs, isPaced: false }, () => desk.look(workspace));
    repeated(desk, { every: every(mailsPerHour), endMs, isPaced: false }, () => desk.mail(workspace));
    repeated(desk, { every: beatMs, endMs, isPaced: true }, () => desk.beat(workspace));
  }
  desk.clock.run();
  return outcome(desk, { scenario, endMs });
}

type Rhythm = { every: number; endMs: number; isPaced: boolean };

function repeated({ clock, chance }: Desk, { every, endMs, isPaced }: Rhythm, act: () => void): void {
  const pause = () => (isPaced ? every : -Math.log(1 - chance.next()) * every);
  // Nobody does it: then never.
  if (!Number.isFinite(every)) return;
  const again = () => {
    if (clock.now >= endMs) return;
    act();
    clock.after(pause(), again);
  };
  clock.after(isPaced ? 0 : pause(), again);
}

function outcome(desk: Desk, { scenario, endMs }: { scenario: Scenario; endMs: number }): Outcome {
  const busiest = (times: number[]) => times.reduce((most, time) => Math.max(most, time), 0) / endMs;
  const load: Load = {
    process: busiest(desk.processes.map(({ thread }) => thread.busyMs)),
    database: busiest([desk.database.busyMs / desk.database.servers]),
    counter: busiest(desk.workspaces.map(({ counter }) => counter.busyMs)),
    redis: busiest([desk.redis.busyMs]),
  };
  const events = desk.workspaces.flatMap((workspace) => workspace.events.map((event) => [event, workspace] as const));
  const [bottleneck = 'process'] = (Object.keys(load) as (keyof Load)[]).toSorted((a, b) => load[b] - load[a]);
  const both = (times: Desk['server']) => ({ p50: times.percentile(50), p99: times.percentile(99) });
  return {
    scenario,
    events: events.length,
    deliveries: events.reduce((sum, [event]) => sum + event.deliveries, 0),
    wrong: events.filter(([event, { viewers }]) => event.deliveries !== viewers).length,
    signs: desk.signs,
    serverMs: both(desk.server),
    endMs: both(desk.end),
    last: { serverMs: both(desk.last.server), endMs: both(desk.last.end) },
    load,
    bottleneck,
    isStable: load[bottleneck] < 1,
    megabitPerS: (desk.sentBytes * 8) / scenario.processes / (endMs / 1_000) / 1e6,
  };
}
