import { comeBack } from './comeback.ts';
import { constants, type Constants } from './constants.ts';
import { crowds, desks, perTicket, ticketCounts } from './desks.ts';
import { bytes, markdown, number, percent, time } from './markdown.ts';
import { needs } from './needs.ts';
import { planned } from './plan.ts';
import { run, type Outcome } from './run.ts';
import type { Scenario } from './scenario.ts';
import type { Comparison } from './validate.ts';

/** The tables of docs/scale.md by the names of their places there. */
export function tablesFrom(costs: Constants, compared: readonly Comparison[]): Record<string, string> {
  const outcomes = desks.flatMap((wish) => planned(wish, costs) ?? []).map((scenario) => run(scenario, costs));
  return {
    constants: constantsTable(costs),
    validation: validationTable(compared),
    latency: latencyTable(outcomes),
    needs: needsTable(outcomes, costs),
    placement: placementTable(outcomes, costs),
    crowds: crowdsTable(costs),
    comeback: comebackTable(costs),
    storage: storageTable(costs),
  };
}

function constantsTable(costs: Constants): string {
  const rows = Object.entries(constants).map(([name, key]) => [`\`${key}\``, exact(costs[name as keyof Constants])]);
  return markdown(['figure of the benchmark', 'value'], rows);
}

function exact(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 3 });
}

function validationTable(compared: readonly Comparison[]): string {
  const rows = compared.map(({ key, simulated, measured, error }) => [
    `\`${key}\``,
    number(simulated),
    number(measured),
    `${error > 0 ? '+' : ''}${Math.round(error * 100)} %`,
  ]);
  return markdown(['figure', 'simulated', 'measured', 'error'], rows);
}

function latencyTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ scenario, events, deliveries, serverMs, endMs, load, bottleneck }) => [
    scenario.name,
    number(events / scenario.simulatedS),
    number(deliveries / scenario.simulatedS),
    `${time(serverMs.p50)} / ${time(serverMs.p99)}`,
    `${time(endMs.p50)} / ${time(endMs.p99)}`,
    `${percent(load.process)} / ${percent(load.database)} / ${percent(load.redis)}`,
    bottleneck,
  ]);
  return markdown(
    [
      'desk',
      'events/s',
      'deliveries/s',
      'commit → socket p50 / p99',
      'click → browser p50 / p99',
      'load of process / database / Redis',
      'first to give',
    ],
    rows,
  );
}

function needsTable(outcomes: readonly Outcome[], costs: Constants): string {
  const rows = outcomes.map((outcome) => {
    const { processes, databaseCores, connections, memoryGb, logMbPerS, mailProcesses } = needs(outcome, costs);
    return [
      outcome.scenario.name,
      String(processes),
      String(databaseCores),
      String(connections),
      `${number(memoryGb)} GB`,
      `${number(outcome.megabitPerS)} Mbit/s`,
      `${number(logMbPerS)} MB/s`,
      String(mailProcesses),
    ];
  });
  return markdown(
    [
      'desk',
      'processes (a core each)',
      'cores of PostgreSQL',
      'connections',
      'memory of all viewers',
      'network of a process',
      'log of changes',
      'processes that file mail',
    ],
    rows,
  );
}

/** The same desks and machines, once with each workspace's viewers together and once wherever they came in. */
function placementTable(outcomes: readonly Outcome[], costs: Constants): string {
  const rows = outcomes.map((together) => {
    const spread = run({ ...together.scenario, placement: 'spread', simulatedS: 1 }, costs);
    return [together.scenario.name, String(together.scenario.processes), ...[together, spread].flatMap(verdict)];
  });
  return markdown(
    ['desk', 'processes', 'together: process / database', 'p99', 'spread: process / database', 'p99'],
    rows,
  );
}

function verdict({ load, serverMs, isStable }: Outcome): [string, string] {
  return [`${percent(load.process)} / ${percent(load.database)}`, isStable ? time(serverMs.p99) : 'grows without end'];
}

function crowdsTable(costs: Constants): string {
  const rows = crowds.map((wish) => {
    const two: Scenario = { ...wish, processes: 2, databaseCores: 2 };
    const plan = planned(wish, costs);
    const [small, enough] = [run(two, costs), plan && run(plan, costs)];
    return [
      wish.name,
      ...verdict(small).toReversed(),
      plan ? String(plan.processes) : 'none',
      enough ? time(enough.serverMs.p99) : '–',
    ];
  });
  return markdown(['workspace', 'two processes: p99', 'process / database', 'processes that are enough', 'p99'], rows);
}

function comebackTable(costs: Constants): string {
  const cases = [
    { viewers: 1_000, processes: 1 },
    { viewers: 5_000, processes: 1 },
    { viewers: 5_000, processes: 2 },
    { viewers: 5_000, processes: 8 },
  ];
  const rows = cases.flatMap((each) =>
    [10, 1_000].map((missedEvents) => {
      const { allConsistentS } = comeBack(
        { ...each, missedEvents, databaseCores: 2, awayMs: 5_000, seed: 4711 },
        costs,
      );
      return [number(each.viewers), String(each.processes), number(missedEvents), `${number(allConsistentS)} s`];
    }),
  );
  return markdown(['viewers that come back', 'processes', 'events each missed', 'all consistent after'], rows);
}

function storageTable({ ticketBytes, eventBytes, messageBytes }: Constants): string {
  const rows = ticketCounts.map((count) => {
    const [events, messages] = [count * perTicket.events * eventBytes, count * perTicket.messages * messageBytes];
    const whole = count * ticketBytes + events + messages;
    return [count.toLocaleString('en'), bytes(count * ticketBytes), bytes(events), bytes(messages), bytes(whole)];
  });
  return markdown(['tickets', 'tickets', 'events', 'messages', 'together, with indexes'], rows);
}
