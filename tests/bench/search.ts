import { search as find } from '#server/domain/search.ts';
import type { Desk } from './desk.ts';
import { figure, median, percentile, round, type Measured } from './figures.ts';
import { keys } from './keys.ts';
import { repeat, type Bench, type Part } from './part.ts';
import { plantMessages } from './search-desk.ts';

/** How soon the words that somebody types are found among a million messages: rare ones, common ones, several, beginnings. */
export const search: Part = { keys: keys.search, measure: measureSearch };

async function measureSearch(bench: Bench): Promise<Measured[]> {
  const count = bench.size(1_000_000, 50_000);
  const desk = await bench.cluster.desk({ tickets: 0, pools: 20, team: 1 });
  try {
    const begin = performance.now();
    await plantMessages(desk, count);
    const plantedS = round((performance.now() - begin) / 1000);
    bench.say(`search: ${count} messages planted in ${plantedS} s`);
    await searches(desk);
    const runs = await repeat(bench.runs, () => searches(desk));
    const middle = (percent: number) => round(median(runs.map((times) => percentile(times, percent))));
    return [
      figure({
        key: 'search.1000000.p95_ms',
        unit: 'ms',
        runs: runs.map((times) => percentile(times, 95)),
        limit: `twenty tickets with excerpts, one search at a time, half of them by a member with one pool of twenty; the middle one ${middle(50)} ms, the slowest hundredth ${middle(99)}; how many entries hold a word of middling rarity, each of which is looked at`,
      }),
    ];
  } finally {
    await desk.drop();
  }
}

const stems = ['rohr', 'ventil', 'heizung', 'mieter', 'keller', 'wasser', 'termin', 'monteur'];
const wordAt = (k: number) => `${stems[k % 8]}um${k}`;
/** From what is in every second message to what is in a few hundred of a million. */
const ranks = [1, 2, 5, 10, 30, 100, 300, 1_000, 3_000];

async function searches({ cast, team }: Desk): Promise<number[]> {
  const [few] = team;
  if (!few) throw new Error('There is nobody with one pool');
  const texts = ranks.flatMap((k) => [wordAt(k), `${wordAt(k)} ${wordAt(k + 1)}`, wordAt(k).slice(0, -1), `"${wordAt(k)}" -${wordAt(7)}`]);
  const times: number[] = [];
  for (const text of [...texts, 'mustermann', 'gibt es nicht']) {
    for (const who of [cast.mona, few]) {
      const begin = performance.now();
      await find(who, text);
      times.push(performance.now() - begin);
      if (process.env['BENCH_SHOW']) console.error(text, who.name, Math.round(times.at(-1) ?? 0));
    }
  }
  return times;
}
