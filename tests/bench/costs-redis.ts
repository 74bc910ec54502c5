import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { cpuMsOf } from './cpu.ts';
import { figure, type Measured } from './figures.ts';
import { repeat, type Bench } from './part.ts';

const subscribers = 8;
/** About what says who looks at which ticket. */
const message = 'x'.repeat(200);

/** Presence between processes: what Redis uses for each message, and for each process that hears it. */
export async function redisCosts(bench: Bench): Promise<Measured[]> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    bench.say('costs: Redis is left out, since there is none here (apt-get install redis-server)');
    return [];
  }
  bench.say('costs: a message through Redis');
  const count = bench.size(20_000, 4_000);
  const alone = await repeat(bench.runs, () => publishing(count, 0));
  const heard = await repeat(bench.runs, () => publishing(count, subscribers));
  const middle = alone.toSorted((a, b) => a - b)[Math.floor(alone.length / 2)] ?? 0;
  const deliveries = heard.map((each) => Math.max(0, each - middle) / subscribers);
  const us = (key: string, runs: number[], limit: string) =>
    figure({ key, unit: 'µs', runs: runs.map((ms) => ms * 1_000), limit: `processor time of Redis ${limit}` });
  return [
    us('cost.redis.publish_cpu_us', alone, 'per message published'),
    us('cost.redis.delivery_cpu_us', deliveries, 'per message and process that hears it'),
  ];
}

/** @returns milliseconds of Redis's processor per message */
async function publishing(count: number, listeners: number): Promise<number> {
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const redis = spawn('redis-server', options, { stdio: 'ignore' });
  const sockets: Socket[] = [];
  try {
    const publisher = await reach(port);
    sockets.push(publisher);
    for (let i = 0; i < listeners; i++) {
      const listener = await reach(port);
      sockets.push(listener);
      listener.write('SUBSCRIBE presence\r\n');
      await once(listener, 'data');
      listener.resume();
    }
    const before = cpuMsOf(redis.pid ?? 0);
    for (let i = 0; i < count; i++) await publish(publisher);
    return (cpuMsOf(redis.pid ?? 0) - before) / count;
  } finally {
    for (const socket of sockets) socket.destroy();
    const ended = once(redis, 'exit');
    redis.kill();
    await ended;
  }
}

/** One after the other, as presence comes: many at once would share their system calls. */
async function publish(socket: Socket): Promise<void> {
  socket.write(`PUBLISH presence ${message}\r\n`);
  await once(socket, 'data');
}

async function reach(port: number): Promise<Socket> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    if (isOpen) return socket;
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('Redis did not start');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
