import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CatchUp, Ready } from '#lib/shared/wire.ts';

/** Socket.io's client, in the hands of the test. */
const socket = vi.hoisted(() => {
  const ears = new Map<string, (value?: unknown) => void>();
  return {
    connected: false,
    ears,
    opened: 0,
    asked: [] as { cursor: number; withinMs: number }[],
    answer: (() => Promise.reject(new Error('nobody'))) as () => Promise<unknown>,
    on: (name: string, ear: (value?: unknown) => void) => void ears.set(name, ear),
    say: (name: string, value?: unknown) => ears.get(name)?.(value),
    connect() {
      socket.connected = true;
      socket.opened++;
    },
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
const read = vi.hoisted(() => vi.fn(() => Promise.resolve()));
vi.mock('socket.io-client', () => ({ io: () => socket }));
vi.mock('$app/navigation', () => ({ invalidate: read }));
const { CustomerLine } = await import('#lib/page/line.svelte.ts');

const presence = { isAvailable: true, online: [], looks: [], types: [] };
const ready: Ready = { seq: 7, now: 0, rooms: [], build: 'dev', id: 'link', presence };

let page: EventTarget & { visibilityState: string };
let stop: () => void;
let line: InstanceType<typeof CustomerLine>;

beforeEach(async () => {
  vi.useFakeTimers();
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', new EventTarget());
  Object.assign(socket, { connected: false, opened: 0, asked: [] });
  line = new CustomerLine('token');
  stop = line.start();
  socket.say('ready', ready);
  await vi.advanceTimersByTimeAsync(100);
  expect(read).toHaveBeenCalledOnce();
  read.mockClear();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  read.mockClear();
});

function show() {
  page.dispatchEvent(new Event('visibilitychange'));
  window.dispatchEvent(new Event('focus'));
}

test('a page that is shown again is read once its line has answered', async () => {
  const { promise, resolve } = Promise.withResolvers<CatchUp>();
  socket.answer = () => promise;
  socket.say('event', { seq: 8 });
  await vi.advanceTimersByTimeAsync(100);
  read.mockClear();
  show();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(read).not.toHaveBeenCalled();
  expect(socket.asked).toEqual([{ cursor: 8, withinMs: 3_000 }]);
  resolve({ frames: [], seq: 8 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(read).toHaveBeenCalledOnce();
});

test('a page that wakes before its network keeps what it shows, and is read when a new line is open', async () => {
  socket.answer = () => Promise.reject(new Error('operation has timed out'));
  show();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(read).not.toHaveBeenCalled();
  expect(socket.opened).toBe(2);
  socket.say('ready', ready);
  await vi.advanceTimersByTimeAsync(100);
  expect(read).toHaveBeenCalledOnce();
});

test('a network that comes back over a line that stayed open is no loss, and the next one is not waited for long', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  socket.answer = () => Promise.resolve({ frames: [], seq: 7 });
  window.dispatchEvent(new Event('offline'));
  expect(line.isOffline).toBe(true);
  window.dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(line.isOffline).toBe(false);
  await vi.advanceTimersByTimeAsync(3_600_000);
  socket.disconnect();
  expect(line.isOffline).toBe(true);
  await vi.advanceTimersByTimeAsync(500);
  expect(socket.opened).toBe(2);
  vi.restoreAllMocks();
});
