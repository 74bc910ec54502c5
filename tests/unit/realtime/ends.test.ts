import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Ends } from '#server/realtime/ends.ts';

const day = 24 * 3_600_000;
const begin = Date.parse('2026-03-02T08:00:00Z');

beforeEach(() => vi.useFakeTimers({ now: begin }));
afterEach(() => vi.useRealTimers());

function watched(leftMs: number) {
  const end = vi.fn();
  const expiresAt = new Date(begin + leftMs).toISOString();
  const ends = new Ends();
  const one = { end };
  ends.watchLink({ workspaceId: 'w', linkId: 'l', expiresAt }, one);
  return { end, ends, forget: () => ends.forget(one) };
}

test('a link ends at its time, though its timer comes too early', () => {
  const { end } = watched(1_000);
  vi.advanceTimersByTime(1);
  // As a timer that comes before its time, or a clock that was set back.
  vi.setSystemTime(begin - 1);
  vi.advanceTimersByTime(1_000);
  expect(end).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(end).toHaveBeenCalledExactlyOnceWith('link.ended');
});

test('a link of many weeks ends at its time, which no single timer reaches', () => {
  const { end } = watched(40 * day);
  vi.advanceTimersByTime(40 * day - 1);
  expect(end).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(end).toHaveBeenCalledExactlyOnceWith('link.ended');
});

test('what is not watched any more is not ended', () => {
  const { end, forget } = watched(1_000);
  vi.advanceTimersByTime(500);
  forget();
  vi.advanceTimersByTime(day);
  expect(end).not.toHaveBeenCalled();
});

test('nor asked about any more', async () => {
  const { ends, forget } = watched(day);
  const page = { end: vi.fn() };
  ends.watchSession({ sessionId: 's', userId: 'u' }, page);
  forget();
  ends.forget(page);
  // There is no database here: one question would fail.
  await expect(ends.check()).resolves.toBeUndefined();
});
