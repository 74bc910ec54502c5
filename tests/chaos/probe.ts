// Imported before a server's own code, with --expose-gc: on SIGUSR2 the process says, as a line of its log, what it holds.
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
};

const living: Record<string, number> = { timers: 0 };
const met = new WeakSet<object>();
const gone = new FinalizationRegistry<string>((name) => (living[name] = (living[name] ?? 0) - 1));

// One of each for every open page: whoever keeps one of them after it went away is found by their number.
count('connections', Connection.prototype, 'onOpen');
count('sockets', Socket.prototype, 'join');
count('seats', Seat.prototype, 'admit');
count('turns', Turns.prototype, 'take');

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
  const probed: Probed = { rss, heap, external, ...delays, cpuMs, objects: { ...living } };
  process.stdout.write(`${JSON.stringify({ probed })}\n`);
  // Measuring stops everything for a moment, which is nobody's delay either.
  await setImmediate();
  cpu = process.cpuUsage();
  delay.reset();
}
