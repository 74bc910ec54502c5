import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Frame } from '#lib/shared/board.ts';
import type { CatchUp, Ready } from '#lib/shared/wire.ts';

/** Socket.io's client, in the hands of the test. */
const socket = vi.hoisted(() => {
  const ears = new Map<string, ((value?: unknown) => void)[]>();
  return {
    connected: false,
    ears,
    asked: [] as { cursor: number; withinMs: number }[],
    answer: (() => Promise.reject(new Error('nobody'))) as () => Promise<unknown>,
    on(name: string, ear: (value?: unknown) => void) {
      ears.set(name, [...(ears.get(name) ?? []), ear]);
    },
    say: (name: string, value?: unknown) => ears.get(name)?.forEach((ear) => ear(value)),
    connect: () => (socket.connected = true),
    disconnect() {
      if (!socket.connected) return;
      socket.connected = false;
      socket.say('disconnect');
    },
    removeAllListeners: () => ears.clear(),
    timeout: (withinMs: number) => ({
      emitWithAck(_name: string, { cursor }: { cursor: number }) {
        socket.asked.push({ cursor, withinMs });
        return socket.answer();
      },
    }),
  };
});
vi.mock('socket.io-client', () => ({ io: () => socket }));
const { Connection } = await import('#lib/live/connection.svelte.ts');

const presence = { isAvailable: true, online: [], looks: [], types: [] };
const ready: Ready = { seq: 10, now: 0, rooms: ['staff'], build: 'dev', id: 'ben', presence };
const frame = (seq: number): Frame => ({
  seq,
  prev: { staff: seq - 1 },
  type: 'ticket.changed',
  ticket: null,
  at: '',
  actor: { kind: 'system', id: null },
  command: null,
  data: {},
});

let page: EventTarget & { visibilityState: string };

function open() {
  const applied: number[] = [];
  let cursor = 10;
  const renew = vi.fn(() => Promise.resolve());
  const connection = new Connection('nord', {
    cursor: () => cursor,
    apply: ({ seq }) => (applied.push(seq), (cursor = Math.max(cursor, seq))),
    reach: (seq) => (cursor = Math.max(cursor, seq)),
    renew,
    onlive: () => undefined,
    onsocket: () => undefined,
    onready: () => undefined,
  });
  connection.start();
  return { connection, applied, renew };
}

function show(state: 'visible' | 'hidden') {
  page.visibilityState = state;
  page.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers();
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', new EventTarget());
  socket.ears.clear();
  socket.asked.length = 0;
  socket.connected = false;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const caughtUp = (...seqs: number[]): CatchUp => ({ frames: seqs.map(frame), seq: seqs.at(-1) ?? 10 });

test('a tab that was hidden asks for what it missed when it is shown, and shows it', async () => {
  const { connection, applied, renew } = open();
  socket.answer = () => Promise.resolve(caughtUp());
  socket.say('ready', ready);
  await vi.advanceTimersByTimeAsync(0);
  expect(connection.state).toBe('live');
  show('hidden');
  // Its machine slept: nothing was heard, and the line looks open.
  await vi.advanceTimersByTimeAsync(60_000);
  expect(socket.asked).toHaveLength(1);
  socket.answer = () => Promise.resolve(caughtUp(11, 12));
  show('visible');
  await vi.advanceTimersByTimeAsync(0);
  expect(socket.asked.at(-1)?.cursor).toBe(10);
  expect(applied).toEqual([11, 12]);
  expect(connection.state).toBe('live');
  expect(renew).not.toHaveBeenCalled();
});

test('where nobody answers it then, the line is taken for dead within seconds and a new one catches up', async () => {
  const { connection, applied } = open();
  socket.answer = () => Promise.resolve(caughtUp());
  socket.say('ready', ready);
  await vi.advanceTimersByTimeAsync(0);
  show('hidden');
  await vi.advanceTimersByTimeAsync(60_000);
  socket.answer = () => Promise.reject(new Error('timeout'));
  show('visible');
  await vi.advanceTimersByTimeAsync(0);
  expect(socket.asked.at(-1)?.withinMs).toBe(3_000);
  expect(connection.state).toBe('offline');
  socket.answer = () => Promise.resolve(caughtUp(11));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(socket.connected).toBe(true);
  socket.say('ready', { ...ready, seq: 11 });
  await vi.advanceTimersByTimeAsync(0);
  expect(applied).toEqual([11]);
  expect(connection.state).toBe('live');
});

test('a tab that heard something just now has nothing to ask when it is shown', async () => {
  open();
  socket.answer = () => Promise.resolve(caughtUp());
  socket.say('ready', ready);
  await vi.advanceTimersByTimeAsync(0);
  show('hidden');
  await vi.advanceTimersByTimeAsync(60_000);
  socket.say('event', frame(11));
  show('visible');
  await vi.advanceTimersByTimeAsync(0);
  expect(socket.asked).toHaveLength(1);
});

test('heartbeats alone move on what is known: after a restart a quiet screen asks for nothing it could not have missed', async () => {
  open();
  socket.answer = () => Promise.resolve(caughtUp());
  const rooms = ['staff', 'pool:quiet'];
  socket.say('ready', { ...ready, rooms });
  await vi.advanceTimersByTimeAsync(0);
  socket.say('heartbeat', { room: 'staff', seq: 10, upTo: 5_000 });
  socket.say('heartbeat', { room: 'pool:quiet', seq: 4, upTo: 4_990 });
  socket.disconnect();
  socket.say('ready', { ...ready, rooms, seq: 5_001 });
  await vi.advanceTimersByTimeAsync(0);
  expect(socket.asked.map(({ cursor }) => cursor)).toEqual([10, 4_990]);
});
