import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Asking } from '#lib/ui/asking.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('it is asked again until that works, more and more seldom', async () => {
  const load = vi.fn(() => Promise.resolve());
  const end = new Asking(load).begin();
  await vi.advanceTimersByTimeAsync(60_000);
  const first = load.mock.calls.length;
  expect(first).toBeGreaterThan(3);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(load.mock.calls.length - first).toBeLessThan(first);
  end();
});

test('whoever asks while loading fails may ask again', async () => {
  const load = vi.fn(() => Promise.reject(new Error('away')));
  const asking = new Asking(load);
  await expect(asking.again()).rejects.toThrow('away');
  expect(asking.busy).toBe(false);
  await expect(asking.again()).rejects.toThrow('away');
  expect(load).toHaveBeenCalledTimes(2);
});

test('two do not ask at once', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const load = vi.fn(() => promise);
  const asking = new Asking(load);
  const first = asking.again();
  await asking.again();
  expect(load).toHaveBeenCalledOnce();
  resolve();
  await first;
});

test('a page that came while it was asked for is not asked for again', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const load = vi.fn(() => promise);
  const end = new Asking(load).begin();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(load).toHaveBeenCalledOnce();
  end();
  resolve();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(load).toHaveBeenCalledOnce();
});
