import './environment.ts';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { board } from './board.ts';
import { catchup } from './catchup.ts';
import { claims } from './claims.ts';
import { fanout } from './fanout.ts';
import { idle } from './idle.ts';
import { startCluster } from './desk.ts';
import { table, type Figure } from './figures.ts';
import { mail } from './mail.ts';
import { describeMachine } from './machine.ts';
import type { Part } from './part.ts';
import { latestSchema, type Latest } from './latest.ts';

/*
 * `npm run bench` measures everything, `npm run bench claims mail` those parts. It prints a table and writes
 * bench/latest.json, whose figures the next run shows beside its own. Nothing here passes or fails by its time.
 */

const parts: Record<string, Part> = { claims, fanout, board, catchup, idle, mail };
const file = new URL('../../bench/latest.json', import.meta.url);
const quick = Boolean(process.env['BENCH_QUICK']);

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !parts[name]);
if (unknown.length > 0) {
  console.error(`There is no part "${unknown[0]}"; there are ${Object.keys(parts).join(', ')}.`);
  process.exit(1);
}

const before = await readLatest();
const previous = new Map(Object.values(before?.parts ?? {}).flatMap((part) => part.figures.map((f) => [f.name, f])));
const cluster = await startCluster();
try {
  const machine = await describeMachine(cluster.url);
  const measured: Latest['parts'] = {};
  for (const [name, part] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const begin = performance.now();
    const figures: Figure[] = await part({
      cluster,
      runs: quick ? 1 : 3,
      size: (usual, small) => (quick ? small : usual),
      say: (line) => console.error(line),
    });
    measured[name] = { at: new Date().toISOString(), seconds: Math.round((performance.now() - begin) / 1000), figures };
  }
  const { system, processor, cores, memoryGb, fsyncMs, loadPerCore, node, postgres } = machine;
  console.log(`\n${processor} (${system}), ${cores} cores, ${memoryGb} GB, load ${loadPerCore} per core before`);
  console.log(`fsync ${fsyncMs} ms, Node ${node}, PostgreSQL ${postgres}\n`);
  console.log(table(Object.values(measured).flatMap((part) => part.figures), previous));
  // A quick run tries the benchmark out; its figures are nobody's.
  if (!quick) await keep({ machine, parts: { ...before?.parts, ...measured } });
} finally {
  await cluster.stop();
}
// Sockets and workers of what was measured may linger.
process.exit(0);

async function readLatest(): Promise<Latest | null> {
  try {
    return latestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // The first run, or the file of an older benchmark: nothing to compare with.
    return null;
  }
}

async function keep(latest: Latest): Promise<void> {
  await mkdir(new URL('.', file), { recursive: true });
  await writeFile(file, `${JSON.stringify(latest, null, 2)}\n`);
}
