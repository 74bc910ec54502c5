import './environment.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, Socket } from 'socket.io';
import type { Frame } from '#lib/shared/board.ts';
import { openAuth } from '#server/auth/home.ts';
import { open } from '#server/database/pool.ts';
import { startLive } from '../support/live.ts';
import { serve } from './child.ts';
import { now } from './clock.ts';
import { connections } from './desk.ts';
import { sampleFrame } from './sample-frame.ts';

/*
 * The live side of a server in a process of its own: ours over a database, or Socket.io alone that sends every command on to
 * everybody as a frame of the same size.
 */

export type ServerAsk =
  | { start: 'live'; url: string; appUrl: string }
  | { start: 'bare' }
  /** Bytes of the whole process and of the objects that live in it, after what is garbage was collected. */
  | { tell: 'memory' }
  /** When each act's commit was known, by the id of its first event; when each frame had been handed to all sockets, by command. */
  | { tell: 'times' };
export type Memory = { process: number; objects: number };
export type ServerAnswer = {
  address: string;
  memory: Memory;
  committed: [number, number][];
  emitted: [string, number][];
  /** How long each catch-up took, from the question read to the answer written. */
  caughtUp: number[];
};

let address = '';
const committed = new Map<number, number>();
const emitted = new Map<string, number>();
const caughtUp: number[] = [];

watchBroadcasts();
watchCatchUps();
serve<ServerAsk, ServerAnswer>(async (question) => {
  if ('start' in question) address = question.start === 'live' ? await startOurs(question) : await startBare();
  const times = 'tell' in question && question.tell === 'times';
  const answer = {
    address,
    memory: 'tell' in question && question.tell === 'memory' ? await memory() : { process: 0, objects: 0 },
    committed: times ? [...committed] : [],
    emitted: times ? [...emitted] : [],
    caughtUp: times ? caughtUp.splice(0) : [],
  };
  if (times) [committed, emitted].forEach((map) => map.clear());
  return answer;
});

async function startOurs({ url, appUrl }: { url: string; appUrl: string }): Promise<string> {
  const sql = open(appUrl, { connections, name: 'lotse bench server' });
  const begin = sql.begin.bind(sql) as (mode: string, work: unknown) => Promise<unknown>;
  // Every act goes through here, and what it resolves with names its events.
  Object.assign(sql, {
    begin: async (mode: string, work: unknown) => {
      const result = await begin(mode, work);
      const [first] = (result as { eventIds?: number[] } | null)?.eventIds ?? [];
      if (first) committed.set(first, now());
      return result;
    },
  });
  await openAuth({ databaseUrl: url, supabase: null });
  return (await startLive()).url;
}

async function startBare(): Promise<string> {
  const server = createServer();
  const io = new Server(server, { transports: ['websocket'], perMessageDeflate: false, httpCompression: false });
  io.on('connection', (socket) => {
    void socket.join('room');
    socket.emit('ready', {});
    socket.on('command', ({ id }: { id: string }, answer: (value: object) => void) => {
      io.local.to('room').emit('event', { ...sampleFrame, command: id });
      answer({ ok: true });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Notes when a frame had been written to every socket of its rooms. */
function watchBroadcasts(): void {
  type Broadcast = (packet: { data?: unknown }, options: unknown) => void;
  const adapter = Object.getPrototypeOf(new Server().of('/').adapter) as { broadcast: Broadcast };
  const { broadcast } = adapter;
  adapter.broadcast = function (packet, options) {
    broadcast.call(this, packet, options);
    const [name, frame] = Array.isArray(packet.data) ? (packet.data as [string, Frame]) : [];
    if (name === 'event' && frame?.command) emitted.set(frame.command, now());
  };
}

function watchCatchUps(): void {
  type Packet = { id?: number; type?: number; data?: unknown };
  const sockets = Socket.prototype as unknown as Record<'onevent' | 'packet', (packet: Packet, options?: unknown) => void>;
  const { onevent, packet: send } = sockets;
  const asked = new Map<number, number>();
  const acknowledgement = 3;
  sockets.onevent = function (packet) {
    if (Array.isArray(packet.data) && packet.data[0] === 'catchup') asked.set(packet.id ?? -1, now());
    onevent.call(this, packet);
  };
  sockets.packet = function (packet, options) {
    send.call(this, packet, options);
    const begin = packet.type === acknowledgement ? asked.get(packet.id ?? -1) : undefined;
    if (begin === undefined) return;
    caughtUp.push(now() - begin);
    asked.delete(packet.id ?? -1);
  };
}

async function memory(): Promise<Memory> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { process: rss, objects: heapUsed + external };
}
