import { expect, test, vi } from 'vitest';
import { gather } from '#server/auth/gather.ts';

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
