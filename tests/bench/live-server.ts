import './environment.ts';
import { createServer } from 'node:http';
import { Socket as NetSocket, type AddressInfo } from 'node:net';
import { Socket as EngineSocket } from 'engine.io';
import { Server, Socket } from 'socket.io';
import { WebSocketServer } from 'ws';
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
  | { start: 'ws' }
  /** Bytes of the whole process and of the objects that live in it, after what is garbage was collected. */
  | { tell: 'memory' }
  /** When each command's commit was known and answered; when its frame had been handed to all sockets. */
  | { tell: 'times' };
export type Memory = { process: number; objects: number };
export type ServerAnswer = {
  address: string;
  memory: Memory;
  committed: [string, number][];
  emitted: [string, number][];
  /** How long each catch-up took, from the question read to the answer written. */
  caughtUp: number[];
};

let address = '';
/** By seq. */
const answered = new Map<number, number>();
const seqs = new Map<string, number>();
const emitted = new Map<string, number>();
const caughtUp: number[] = [];

watchWrites();
watchCatchUps();
serve<ServerAsk, ServerAnswer>(async (question) => {
  if ('start' in question) address = await start(question);
  const times = 'tell' in question && question.tell === 'times';
  const answer = {
    address,
    memory: 'tell' in question && question.tell === 'memory' ? await memory() : { process: 0, objects: 0 },
    committed: times ? [...seqs].map(([command, seq]): [string, number] => [command, answered.get(seq) ?? NaN]) : [],
    emitted: times ? [...emitted] : [],
    caughtUp: times ? caughtUp.splice(0) : [],
  };
  if (times) [answered, seqs, emitted].forEach((map) => map.clear());
  return answer;
});

function start(question: Extract<ServerAsk, { start: string }>): Promise<string> {
  if (question.start === 'live') return startOurs(question);
  return question.start === 'ws' ? startWebSockets() : startBare();
}

async function startOurs({ url, appUrl }: { url: string; appUrl: string }): Promise<string> {
  open(appUrl, { connections, name: 'lotse bench server' });
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

/** The least there is: one frame, written to each WebSocket. */
async function startWebSockets(): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket) => {
    socket.on('message', (message: Buffer) => {
      const { id } = JSON.parse(message.toString()) as { id: string };
      const text = JSON.stringify({ ...sampleFrame, command: id });
      for (const each of sockets.clients) each.send(text);
      emitted.set(id, now());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Notes when a frame was handed to the last socket of its rooms: each of them is given the same text, or the same bytes. */
function watchWrites(): void {
  const sockets = EngineSocket.prototype as unknown as { write(data: unknown, ...rest: unknown[]): unknown };
  const lines = NetSocket.prototype as unknown as { write(data: unknown, ...rest: unknown[]): unknown };
  for (const each of [sockets, lines]) {
    const { write } = each;
    let latest: { data: unknown; command: string | null } = { data: null, command: null };
    each.write = function (data, ...rest) {
      const result = write.call(this, data, ...rest);
      if (data !== latest.data) latest = { data, command: commandOf(Buffer.isBuffer(data) ? textOf(data) : data) };
      if (latest.command) emitted.set(latest.command, now());
      return result;
    };
  }
}

/** Of a WebSocket frame of some length with an event in it. */
function textOf(frame: Buffer): string | null {
  return frame[0] === 0x81 && frame[1] === 126 && frame[4] === 0x34 ? frame.toString('utf8', 5) : null;
}

/** Of a frame its command; an answer's time is kept by the way. */
function commandOf(data: unknown): string | null {
  if (typeof data !== 'string') return null;
  const seq = /^3\d+\[\{"ok":true,"seq":(\d+)/.exec(data)?.[1];
  if (seq) answered.set(Number(seq), now());
  if (!data.startsWith('2["event"')) return null;
  const [, frame] = JSON.parse(data.slice(1)) as [string, Frame];
  if (frame.command) seqs.set(frame.command, frame.seq);
  return frame.command;
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
