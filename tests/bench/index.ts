import './environment.ts';
import { startCluster, type Cluster } from './desk.ts';
import { table, type Figure } from './figures.ts';
import type { PartName } from './keys.ts';
import { readLatest, renewed, writeLatest, type Latest } from './latest.ts';
import { busyShare, describeMachine } from './machine.ts';
import type { Part } from './part.ts';
import { parts } from './parts.ts';

/*
 * `npm run bench` measures everything but what takes long and hardly changes, `npm run bench claims mail` those parts. It
 * prints a table and writes bench/latest.json, whose figures the next run shows beside its own. Nothing here passes or
 * fails by its time.
 */

const quick = Boolean(process.env['BENCH_QUICK']);
const known = Object.entries(parts) as [PartName, Part][];

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !known.some(([part]) => part === name));
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}"; there are ${known.map(([name]) => name).join(', ')}.`);
  process.exit(1);
}

const cluster = await startCluster();
const failed: string[] = [];
try {
  const machine = await describeMachine(cluster.url);
  let latest: Latest = { parts: {}, figures: {}, ...(await readLatest()), machine };
  const figures: Figure[] = [];
  for (const [name, part] of known) {
    if (wanted.length > 0 ? !wanted.includes(name) : part.isOnlyByName) continue;
    try {
      latest = await run({ name, part, cluster, latest });
      figures.push(...part.keys.flatMap((key) => latest.figures[key] ?? []));
      // After each part, since one that goes wrong must not take the others' figures along.
      if (!quick) await writeLatest(latest);
    } catch (error) {
      console.error(`${name} went wrong:`, error);
      failed.push(name);
    }
  }
  const { system, processor, cores, memoryGb, fsyncMs, node, postgres } = machine;
  console.log(`\n${processor} (${system}), ${cores} cores, ${memoryGb} GB, fsync ${fsyncMs} ms`);
  console.log(`Node ${node}, PostgreSQL ${postgres}\n`);
  console.log(table(figures));
  if (quick) console.log('\nA quick run tries the benchmark out; its figures are nobody’s and were not kept.');
} finally {
  await cluster.stop();
}
if (failed.length > 0) console.error(`\nWithout figures: ${failed.join(', ')}`);
// Sockets and workers of what was measured may linger.
process.exit(failed.length > 0 ? 1 : 0);

type Running = { name: PartName; part: Part; cluster: Cluster; latest: Latest };

async function run({ name, part, cluster, latest }: Running): Promise<Latest> {
  const before = await busyShare();
  const begin = performance.now();
  const measured = await part.measure({
    cluster,
    runs: quick ? 1 : 5,
    size: (usual, small) => (quick ? small : usual),
    say: (line) => console.error(line),
  });
  const seconds = Math.round((performance.now() - begin) / 1000);
  const found = measured.map(({ key }) => key);
  // A machine without Chromium has no figures of the board; what was measured on another one stays.
  if (found.length === 0) return latest;
  const undeclared = found.find((key) => !part.keys.includes(key));
  if (undeclared !== undefined) throw new Error(`${name} does not declare ${undeclared}`);
  const othersBusy = { before, after: await busyShare() };
  console.error(`${name}: ${seconds} s; others used ${percent(before)} before, ${percent(othersBusy.after)} after`);
  return renewed(latest, { name, ran: { at: new Date().toISOString(), seconds, othersBusy }, measured });
}

function percent(share: number): string {
  return `${Math.round(share * 100)} % of the machine`;
}
