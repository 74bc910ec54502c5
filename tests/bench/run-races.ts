import './environment.ts';
import { startCluster } from './desk.ts';
import { grouped } from './figures.ts';
import { raceFor } from './races.ts';

/*
 * `npm run races` runs a million claims for eight tickets, `npm run races -- 20000` as many as named, and fails if the
 * ledger tells of two winners. It takes as long as it takes; Ctrl-C ends the racing, and what was run is checked.
 */

const total = Number(process.argv[2] ?? 1_000_000);
if (!Number.isInteger(total) || total < 1) {
  console.error('How many races? A whole number above zero, such as 1000000.');
  process.exit(1);
}
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
const cluster = await startCluster();
try {
  const begin = performance.now();
  const { run, won } = await raceFor({ cluster, total, stop: stop.signal, say: (line) => console.error(line) });
  const seconds = Math.round((performance.now() - begin) / 1000);
  console.log(`${grouped(run)} races in ${grouped(seconds)} s, ${grouped(won)} won, no ticket by two at once.`);
} finally {
  await cluster.stop();
}
process.exit(0);
