import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Measured } from './figures.ts';
import { keys, type PartName } from './keys.ts';

const figure = z.object({
  key: z.string(),
  unit: z.string(),
  value: z.number(),
  low: z.number(),
  high: z.number(),
  runs: z.number(),
  limit: z.string(),
  before: z.number().nullable(),
});

const part = z.object({
  at: z.string(),
  seconds: z.number(),
  /** Which share of all cores others used just before and just after. */
  othersBusy: z.object({ before: z.number(), after: z.number() }),
});

/** bench/latest.json: the newest figure of each key, when its part ran, and the machine of the newest run. */
export const latestSchema = z.object({
  machine: z.object({
    system: z.string(),
    processor: z.string(),
    cores: z.number(),
    memoryGb: z.number(),
    fsyncMs: z.number(),
    node: z.string(),
    postgres: z.string(),
  }),
  parts: z.record(z.string(), part),
  figures: z.record(z.string(), figure),
});

export type Latest = z.infer<typeof latestSchema>;

type Ran = { name: PartName; ran: z.infer<typeof part>; measured: readonly Measured[] };

/** The same with one part measured anew: its figures take the place of its former ones, all others stay. */
export function renewed(latest: Latest, { name, ran, measured }: Ran): Latest {
  const anew = measured.map((each) => [each.key, { ...each, before: latest.figures[each.key]?.value ?? null }] as const);
  const byKey = new Map([...Object.entries(latest.figures).filter(([key]) => !keys[name].includes(key)), ...anew]);
  const known = Object.values(keys).flat();
  const figures = Object.fromEntries(known.flatMap((key) => [[key, byKey.get(key)] as const]).filter(isPresent));
  return { ...latest, parts: { ...latest.parts, [name]: ran }, figures };
}

function isPresent<T>(entry: readonly [string, T | undefined]): entry is readonly [string, T] {
  return entry[1] !== undefined;
}

export const latestFile = new URL('../../bench/latest.json', import.meta.url);

/** @returns null where no run was ever kept; a file that cannot be read is an error, since writing anew would lose it */
export async function readLatest(file: URL = latestFile): Promise<Latest | null> {
  if (!existsSync(file)) return null;
  return latestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

export async function writeLatest(latest: Latest): Promise<void> {
  await mkdir(new URL('.', latestFile), { recursive: true });
  await writeFile(latestFile, `${JSON.stringify(latest, null, 2)}\n`);
}
