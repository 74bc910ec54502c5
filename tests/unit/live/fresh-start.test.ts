import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { awaitFreshStart, isFirst, isSafe } from '#lib/live/fresh-start.ts';
import type { Moment } from '#lib/live/hands.ts';

const idle: Moment = { isHidden: false, isWriting: false, isBusy: false, quietMs: 60_000 };

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('a page that is seen is left alone until nobody has touched it for a minute', () => {
  expect(isSafe(idle)).toBe(true);
  expect(isSafe({ ...idle, quietMs: 59_999 })).toBe(false);
  expect(isSafe({ ...idle, isWriting: true, quietMs: 3_600_000 })).toBe(false);
});

test('a page that nobody sees is not waited for, even with the focus in a field', () => {
  expect(isSafe({ isHidden: true, isWriting: true, isBusy: false, quietMs: 0 })).toBe(true);
});

test('what would be lost is never torn away, seen or not', () => {
  expect(isSafe({ ...idle, isBusy: true })).toBe(false);
  expect(isSafe({ isHidden: true, isWriting: false, isBusy: true, quietMs: 3_600_000 })).toBe(false);
});

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test('a build is loaded for once, also when two servers of different builds take turns', () => {
  const storage = memory();
  expect(['2', '1', '2', '1', '3'].map((build) => isFirst(build, () => storage))).toEqual([
    true,
    true,
    false,
    false,
    true,
  ]);
});

test('a browser that keeps nothing is never made to load anew', () => {
  const forbidden = () => {
    throw new Error('SecurityError');
  };
  expect(isFirst('2', forbidden)).toBe(false);
});

type Waiting = { moment: Moment; isIdle: boolean; mayLeave: boolean };

function wait(waiting: Waiting, storage = memory()) {
  const reload = vi.fn<() => void>();
  const end = awaitFreshStart({
    build: '2',
    moment: () => waiting.moment,
    isIdle: () => waiting.isIdle,
    mayLeave: () => waiting.mayLeave,
    storage: () => storage,
    reload,
  });
  return { reload, end };
}

test('not at once, since all screens notice a new build together; then once', () => {
  const { reload } = wait({ moment: idle, isIdle: true, mayLeave: true });
  vi.advanceTimersByTime(14_000);
  expect(reload).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(reload).toHaveBeenCalledOnce();
});

test.each([
  ['an action is unanswered', { isIdle: false }],
  ['the page would ask before leaving', { mayLeave: false }],
  ['somebody is at it', { moment: { ...idle, quietMs: 0 } }],
])('it waits while %s, and goes on when that is over', (_, obstacle) => {
  const clear: Waiting = { moment: idle, isIdle: true, mayLeave: true };
  const waiting = { ...clear, ...obstacle };
  const { reload } = wait(waiting);
  vi.advanceTimersByTime(600_000);
  expect(reload).not.toHaveBeenCalled();
  Object.assign(waiting, clear);
  vi.advanceTimersByTime(1_000);
  expect(reload).toHaveBeenCalledOnce();
});

test('a server that went back to the old build calls it off', () => {
  const { reload, end } = wait({ moment: idle, isIdle: true, mayLeave: true });
  end();
  vi.advanceTimersByTime(600_000);
  expect(reload).not.toHaveBeenCalled();
});
