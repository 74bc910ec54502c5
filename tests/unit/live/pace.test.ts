import { expect, test } from 'vitest';
import { Pace } from '#lib/live/pace.ts';

test('a burst goes at once, what follows in a steady flow, and a rest fills it up again', () => {
  let now = 0;
  const pace = new Pace({ burst: 3, perSecond: 10 }, () => now);
  expect([pace.take(), pace.take(), pace.take()]).toEqual([0, 0, 0]);
  expect([pace.take(), pace.take(), pace.take()]).toEqual([100, 200, 300]);
  now = 300;
  expect(pace.take()).toBe(100);
  now = 60_000;
  expect([pace.take(), pace.take(), pace.take(), pace.take()]).toEqual([0, 0, 0, 100]);
});

test('two hundred at once never exceed what a server takes from one socket', () => {
  let now = 0;
  const pace = new Pace({ burst: 40, perSecond: 15 }, () => now);
  const sent = Array.from({ length: 200 }, () => pace.take()).toSorted((a, b) => a - b);
  now = sent.at(-1) ?? 0;
  for (const [index, at] of sent.entries()) expect(index + 1).toBeLessThanOrEqual(60 + (at / 1000) * 20);
});
