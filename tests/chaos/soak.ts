import { setTimeout as rest } from 'node:timers/promises';
import type { TestDatabase } from '../support/database.ts';
import { startDeskServer } from './desk-servers.ts';
import { trends, type Sample, type Trend } from './flat.ts';
import type { Probed } from './probe.ts';
import { SoakCrowd } from './soak-crowd.ts';
import { connectionsOf, furnish, leaveEvents, type SoakDesk } from './soak-desk.ts';

type Options = {
  database: TestDatabase;
  size: { team: number; tickets: number };
  viewers: number;
  /** Of a hundred viewers so many leave in a minute, and as many others come. */
  churnPercent: number;
  commandsPerSecond: number;
  /** Before it begins: what is bounded by a number of events is full then. */
  eventsBefore: number;
  forMs: number;
  everyMs: number;
  /** Imported before the server's own code, beside what measures it. */
  imports?: string[];
  say: (line: string) => void;
};

/** Of the server's process: what it held, and beside that how it fared since the moment before. */
export type SoakSample = Sample & Pick<Probed, 'delayP50Ms' | 'delayP99Ms' | 'delayMaxMs' | 'cpuMs' | 'timersFrom'>;

export type Soak = {
  samples: SoakSample[];
  trends: Trend[];
  /** Pages that are not what a fresh one would be. */
  wrong: string[];
  /** What became of commands, by code. */
  answers: Record<string, number>;
  left: number;
};

const stepMs = 500;
const probeMs = 30_000;

/** Many viewers of one board for a long time, who come and go while work goes on: what the server holds must stay what it is. */
export async function soak(options: Options): Promise<Soak> {
  const { database, size, viewers, eventsBefore, imports = [], say } = options;
  const desk = await furnish(database, size);
  const probes: ((probed: Probed) => void)[] = [];
  const server = await startDeskServer({
    databaseUrl: database.url,
    settings: { SMTP_URL: '', ORIGIN: '', SMTP_IN_PORT: '' },
    nodeArgs: ['--expose-gc', ...['./probe.ts', ...imports].flatMap(imported)],
    say: (line) => (line.startsWith('{"probed"') ? probes.shift()?.(probedIn(line)) : say(`server: ${line}`)),
  });
  const probe = async () => {
    const { promise, resolve, reject } = Promise.withResolvers<Probed>();
    const late = setTimeout(() => reject(new Error('The server does not say what it holds')), probeMs);
    probes.push(resolve);
    process.kill(server.pid() ?? 0, 'SIGUSR2');
    return promise.finally(() => clearTimeout(late));
  };
  const crowd = new SoakCrowd(desk, server.port);
  try {
    // The feed reads, and remembers, what happens while somebody looks on.
    await crowd.come(1);
    await leaveEvents(desk, eventsBefore);
    say(`${eventsBefore} events are left`);
    await crowd.come(viewers - 1);
    say(`${viewers} boards are open`);
    const samples = await live(options, { crowd, probe, desk });
    const { answers, left } = crowd;
    return { samples, trends: trends(samples), wrong: await crowd.wrong(viewers), answers, left };
  } finally {
    await crowd.stop();
    await server.stop();
  }
}

const imported = (file: string) => ['--import', new URL(file, import.meta.url).href];
const probedIn = (line: string) => (JSON.parse(line) as { probed: Probed }).probed;

type Going = { crowd: SoakCrowd; probe: () => Promise<Probed>; desk: SoakDesk };

async function live(options: Options, { crowd, probe, desk }: Going): Promise<SoakSample[]> {
  const { viewers, churnPercent, commandsPerSecond, forMs, everyMs, say } = options;
  const samples: SoakSample[] = [];
  const begin = Date.now();
  const passed = () => Date.now() - begin;
  const due = { change: 0, act: 0 };
  for (let last = 0; samples.length < Math.floor(forMs / everyMs); await rest(stepMs)) {
    const stepped = passed() - last;
    last += stepped;
    due.change += (stepped / 60_000) * (churnPercent / 100) * viewers;
    due.act += (stepped / 1_000) * commandsPerSecond;
    // However late it is, nobody goes who is not there.
    await crowd.change(Math.min(Math.floor(due.change), viewers));
    await crowd.act(Math.floor(due.act));
    due.change %= 1;
    due.act %= 1;
    if (passed() < (samples.length + 1) * everyMs) continue;
    const { rss, heap, external, objects, ...fared } = await probe();
    const sample = {
      atMs: passed(),
      held: { rss, heap, external, postgres: await connectionsOf(desk), ...objects },
      ...fared,
    };
    samples.push(sample);
    say(lineOf(sample, samples.at(-2)));
  }
  return samples;
}

/** A row of the table, told as it comes. */
function lineOf({ atMs, held, ...fared }: SoakSample, before: SoakSample | undefined): string {
  const mb = (name: string) => `${((held[name] ?? NaN) / 1024 ** 2).toFixed(1)} MB`;
  const ms = (value: number) => value.toFixed(1);
  const { rss: _, heap: _heap, external: _external, ...counts } = held;
  const counted = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  const cpu = Math.round((fared.cpuMs / (atMs - (before?.atMs ?? 0))) * 100);
  return [
    `${(atMs / 60_000).toFixed(1)} min`,
    `rss ${mb('rss')}`,
    `heap ${mb('heap')}`,
    `external ${mb('external')}`,
    `cpu ${cpu} %`,
    `delay p50 ${ms(fared.delayP50Ms)} p99 ${ms(fared.delayP99Ms)} max ${ms(fared.delayMaxMs)} ms`,
    ...counted,
    `set by ${fared.timersFrom}`,
  ].join(' · ');
}
