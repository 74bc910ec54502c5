import type { Latest } from '../bench/latest.ts';
import { loads } from '../bench/loads.ts';
import type { Constants } from './constants.ts';
import { run } from './run.ts';
import { usual, type Scenario } from './scenario.ts';

export type Comparison = { key: string; simulated: number; measured: number; error: number };

/** What the simulation says of the benchmark's own set-up, beside what the benchmark measured there. */
export function compare({ figures }: Pick<Latest, 'figures'>, costs: Constants): Comparison[] {
  return loads.flatMap(({ audience: viewers, perSecond }) => {
    const scenario = benchOf(viewers, perSecond);
    // The boards' processes yield to the server (tests/bench/fanout.ts): they cost it nothing, and are done after it.
    const { serverMs } = run(scenario, costs).last;
    const { endMs } = run(scenario, onOneMachine(costs)).last;
    const said = {
      server_p50_ms: serverMs.p50,
      server_p99_ms: serverMs.p99,
      end_p50_ms: endMs.p50,
      end_p99_ms: endMs.p99,
    };
    return Object.entries(said).flatMap(([what, simulated]) => {
      const key = `fanout.${viewers}.${what}`;
      const measured = figures[key]?.value;
      return measured === undefined ? [] : [{ key, simulated, measured, error: simulated / measured - 1 }];
    });
  });
}

/** As many claims a second as the benchmark sent, and enough of them for the slowest hundredth. */
export function benchOf(viewers: number, claimsPerS: number): Scenario {
  const commandsPerHour = (claimsPerS * 3_600) / viewers;
  const none = { looksPerHour: 0, mailsPerHour: 0, wayMs: { inside: 0, outside: 0 } };
  const one = { workspaces: 1, processes: 1, databaseCores: 1 };
  return {
    ...usual,
    ...none,
    ...one,
    name: `bench ${viewers}`,
    viewers,
    commandsPerHour,
    isPaced: true,
    simulatedS: Math.max(25, 100 / claimsPerS),
  };
}

/** The boards' own processes stand on the same cores: a delivery is done when both sides have had their turn. */
function onOneMachine(costs: Constants): Constants {
  const { deliveryUs, receiverUs, cores } = costs;
  return { ...costs, deliveryUs: Math.max(deliveryUs, (deliveryUs + receiverUs) / cores) };
}
