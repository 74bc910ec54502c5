import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { gather } from '#server/gather.ts';

test('who comes while an answer is under way shares the next one', async () => {
  const asked: PromiseWithResolvers<void>[] = [];
  const answerAll = vi.fn(async () => {
    const one = Promise.withResolvers<void>();
    asked.push(one);
    await one.promise;
    return (key: number) => key * 2;
  });
  const ask = gather(answerAll);
  const first = ask(1);
  const others = Promise.all([ask(2), ask(3)]);
  asked[0]?.resolve();
  expect(await first).toBe(2);
  await vi.waitFor(() => expect(answerAll).toHaveBeenCalledTimes(2));
  expect(answerAll).toHaveBeenLastCalledWith([2, 3]);
  asked[1]?.resolve();
  expect(await others).toEqual([4, 6]);
});

test('a question that fails fails for those who asked it, and the next is asked', async () => {
  const answerAll = vi.fn(() => Promise.resolve((key: number) => key));
  answerAll.mockRejectedValueOnce(new Error('away'));
  const ask = gather(answerAll);
  await expect(ask(1)).rejects.toThrow('away');
  expect(await ask(2)).toBe(2);
});

test('a thousand at once are three questions', async () => {
  const answerAll = vi.fn((keys: number[]) => Promise.resolve((key: number) => key + keys.length));
  const ask = gather(answerAll);
  await Promise.all(Array.from({ length: 1_000 }, (_, key) => ask(key)));
  expect(answerAll).toHaveBeenCalledTimes(3);
});

describe('by the clock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('who comes soon after an answer shares the next question with those who follow', async () => {
    const answerAll = vi.fn((keys: number[]) => Promise.resolve((key: number) => key + keys.length));
    const ask = gather(answerAll);
    await ask(1);
    const others: Promise<number>[] = [];
    for (let key = 2; key <= 5; key++) {
      others.push(ask(key));
      await vi.advanceTimersByTimeAsync(2);
    }
    expect(answerAll).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(2);
    expect(await Promise.all(others)).toEqual([6, 7, 8, 9]);
    expect(answerAll).toHaveBeenCalledTimes(2);
  });

  const never = () => new Promise<never>(() => undefined);

  test('who asked is told in the end, and meanwhile the others are answered', async () => {
    const answerAll = vi.fn(() => Promise.resolve((key: number) => key));
    answerAll.mockImplementationOnce(never);
    const ask = gather(answerAll);
    const hanging = expect(ask(1)).rejects.toMatchObject({ name: 'Fault', code: 'busy' });
    const next = ask(2);
    await vi.advanceTimersByTimeAsync(500);
    expect(await next).toBe(2);
    await vi.advanceTimersByTimeAsync(4_500);
    await hanging;
    expect(await ask(3)).toBe(3);
  });

  test('only a few are asked at once, and each that hangs makes room', async () => {
    const answerAll = vi.fn<(keys: number[]) => Promise<(key: number) => number>>(never);
    const ask = gather(answerAll);
    const all = Promise.allSettled(Array.from({ length: 5_000 }, (_, key) => ask(key)));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(answerAll).toHaveBeenCalledTimes(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(answerAll).toHaveBeenCalledTimes(6);
    await vi.advanceTimersByTimeAsync(16_000);
    expect((await all).every(({ status }) => status === 'rejected')).toBe(true);
    answerAll.mockImplementation(() => Promise.resolve((key) => key));
    expect(await ask(7)).toBe(7);
  });

  test('whoever would wait as one too many is refused at once', async () => {
    const ask = gather<number, number>(never);
    const all = Array.from({ length: 11_500 }, (_, key) => ask(key));
    const settled = Promise.allSettled(all);
    await expect(ask(0)).rejects.toMatchObject({ name: 'Fault', code: 'busy' });
    await vi.advanceTimersByTimeAsync(60_000);
    await settled;
  });
});
