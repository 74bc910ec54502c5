// Imported before a server's own code, with --expose-gc: on SIGUSR2 the process says, as a line of its log, what it holds.
import { createHook } from 'node:async_hooks';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { Socket as Connection } from 'engine.io';
import { Socket } from 'socket.io';
import { Seat } from '#server/realtime/seat.ts';
import { Turns } from '#server/realtime/turns.ts';

/** In bytes, milliseconds and numbers of living objects, after what is garbage was collected. */
export type Probed = {
  rss: number;
  heap: number;
  external: number;
  delayP50Ms: number;
  delayP99Ms: number;
  delayMaxMs: number;
  cpuMs: number;
  objects: Record<string, number>;
  /** Where the most of the timers were set, and how many. */
  timersFrom: string;
};

const living: Record<string, number> = { timers: 0 };
const timersFrom = new Map<number, string>();

// Where the timers that wait were set: told beside their number, since a number alone leads nowhere.
createHook({
  init(id, type) {
    if (type === 'Timeout') timersFrom.set(id, originIn(new Error().stack ?? ''));
  },
  destroy: (id) => void timersFrom.delete(id),
}).enable();
const met = new WeakSet<object>();
const gone = new FinalizationRegistry<string>((name) => (living[name] = (living[name] ?? 0) - 1));

// One of each for every open page: whoever keeps one of them after it went away is found by their number.
count('connections', Connection.prototype, 'onOpen');
count('sockets', Socket.prototype, 'join');
count('seats', Seat.prototype, 'admit');
count('turns', Turns.prototype, 'take');

function most(origins: Iterable<string>): string {
  const counted = [...Map.groupBy(origins, (origin) => origin)].map(([origin, { length }]) => ({ origin, length }));
  const five = counted.sort((a, b) => b.length - a.length).slice(0, 5);
  return five.map(({ origin, length }) => `${length} ${origin}`).join(', ');
}

/** Counts those whose method was called, for as long as they live. */
function count(name: string, prototype: object, method: string): void {
  living[name] = 0;
  const methods = prototype as Record<string, (...given: unknown[]) => unknown>;
  const own = methods[method];
  if (!own) throw new Error(`There is no ${method} any more to know ${name} by`);
  methods[method] = function (this: object, ...given) {
    if (!met.has(this)) {
      met.add(this);
      living[name] = (living[name] ?? 0) + 1;
      gone.register(this, name);
    }
    return own.apply(this, given);
  };
}

/** The file and line that set a timer: the first that is not Node's own. */
function originIn(stack: string): string {
  const [, , ...lines] = stack.split('\n');
  const line = lines.find((each) => !each.includes('node:')) ?? 'node';
  return /(?:server|node_modules)\/.*/.exec(line)?.[0].replace(/:\d+\)?$/, '') ?? line.trim();
}

const resolutionMs = 10;
const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();
let cpu = process.cpuUsage();

process.on('SIGUSR2', () => void probe());

async function probe(): Promise<void> {
  const used = process.cpuUsage(cpu);
  // What is recorded is the time between two looks, of which the clock's own part is nobody's delay.
  const late = (ns: number) => Math.max(0, ns / 1e6 - resolutionMs);
  const delays = {
    delayP50Ms: late(delay.percentile(50)),
    delayP99Ms: late(delay.percentile(99)),
    delayMaxMs: late(delay.max),
  };
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await setImmediate();
  }
  const { rss, heapUsed: heap, external } = process.memoryUsage();
  living['timers'] = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const cpuMs = (used.user + used.system) / 1000;
  const probed: Probed = {
    rss,
    heap,
    external,
    ...delays,
    cpuMs,
    objects: { ...living },
    timersFrom: most(timersFrom.values()),
  };
  process.stdout.write(`${JSON.stringify({ probed })}\n`);
  // Measuring stops everything for a moment, which is nobody's delay either.
  await setImmediate();
  cpu = process.cpuUsage();
  delay.reset();
}
