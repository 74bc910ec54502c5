import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';
import { comeBackByChance } from '#lib/ticket/notes-comeback.ts';

class Line {
  static all: Line[] = [];
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  constructor() {
    Line.all.push(this);
  }
  close() {}
}

let provider: WebsocketProvider;

beforeEach(() => {
  vi.useFakeTimers();
  Line.all = [];
  provider = new WebsocketProvider('ws://desk.example/notes', 'nord/t/1', new Doc(), {
    disableBc: true,
    WebSocketPolyfill: Line as unknown as typeof WebSocket,
  });
  comeBackByChance(provider);
});
afterEach(() => {
  provider.destroy();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const lose = (reason = 'restart') => Line.all.at(-1)?.onclose?.({ code: 1012, reason });

/** After how long it tries again. */
function waited(): number {
  const [from, tries] = [performance.now(), Line.all.length];
  while (Line.all.length === tries && performance.now() - from < 60_000) vi.advanceTimersByTime(50);
  return performance.now() - from;
}

test('notes come back after a random part of a time that grows with the outage, and begins anew', () => {
  const chance = vi.spyOn(Math, 'random').mockReturnValue(0.5);
  lose();
  expect(waited()).toBe(500);
  vi.advanceTimersByTime(7_500);
  lose();
  expect(waited()).toBe(4_000);
  chance.mockReturnValue(0.9);
  vi.advanceTimersByTime(60_000);
  lose();
  expect(waited()).toBe(13_500);
  provider.synced = true;
  lose();
  expect(waited()).toBe(900);
});

test('notes that one may write from now on are back at once', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  lose('rights');
  expect(waited()).toBe(100);
});
