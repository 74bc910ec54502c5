import { readFile, writeFile } from 'node:fs/promises';
import { latestSchema, readLatest, type Latest } from '../bench/latest.ts';
import { constants, constantsFrom } from './constants.ts';
import { section } from './markdown.ts';
import { tablesFrom } from './tables.ts';
import { compare } from './validate.ts';

/*
 * `npm run simulate` prints what the desk does with up to 100,000 viewers, computed with the costs of bench/latest.json;
 * `npm run simulate -- --write` also puts the tables into docs/scale.md, and the figures they were computed with into
 * bench/scale.json, so that they can be computed again when the benchmark has run since.
 */

const document = new URL('../../docs/scale.md', import.meta.url);
const inputs = new URL('../../bench/scale.json', import.meta.url);

const latest = await readLatest();
if (!latest) throw new Error('There is no bench/latest.json: run npm run bench');
const used = pick(latest);
const costs = constantsFrom(used);
const tables = tablesFrom(costs, compare(used, costs));
for (const [name, table] of Object.entries(tables)) console.log(`${name}\n\n${table}\n`);
if (process.argv.includes('--write')) {
  let text = await readFile(document, 'utf8');
  for (const [name, table] of Object.entries(tables)) text = section(text, name).replaced(table);
  await writeFile(document, text);
  await writeFile(inputs, `${JSON.stringify(used, null, 2)}\n`);
} else if (JSON.stringify(await lastUsed()) !== JSON.stringify(used)) {
  console.log('docs/scale.md was computed with other figures: npm run simulate -- --write renews it.');
}

/** Only what the simulation reads. */
function pick({ machine, figures }: Latest): Latest {
  const read = new Set<string>(Object.values(constants));
  const kept = Object.entries(figures).filter(([key]) => read.has(key) || key.startsWith('fanout.'));
  return { machine, parts: {}, figures: Object.fromEntries(kept) };
}

async function lastUsed(): Promise<Latest> {
  return latestSchema.parse(JSON.parse(await readFile(inputs, 'utf8')));
}
