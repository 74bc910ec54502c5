import type { Cluster } from './desk.ts';
import type { Measured } from './figures.ts';

export type Bench = {
  cluster: Cluster;
  /** How often each thing is measured; the table shows the median. */
  runs: number;
  /** A size, or less of it when BENCH_QUICK is set. */
  size(usual: number, quick: number): number;
  /** What is being done, for whoever waits. */
  say(line: string): void;
};

/** One part of the benchmark. It cannot fail for being slow, only for being wrong. */
export type Part = {
  /** What `measure` returns a figure for, all of keys.ts that is this part's. */
  keys: readonly string[];
  /** Takes minutes for what hardly ever changes: left out of a run of everything. */
  isOnlyByName?: boolean;
  /** @returns a figure for each key, or nothing where this machine lacks what measuring needs */
  measure(bench: Bench): Promise<Measured[]>;
};

/** One after the other, since two at once would measure each other. */
export async function repeat<T>(times: number, work: (run: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let run = 0; run < times; run++) results.push(await work(run));
  return results;
}
