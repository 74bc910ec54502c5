import { expect, test } from 'vitest';
import { figure, median, percentile, table } from '../bench/figures.ts';

const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

test('a percentile is the smallest number that so many do not exceed', () => {
  expect(percentile(hundred, 99)).toBe(99);
  expect(percentile(hundred, 100)).toBe(100);
  expect(percentile([7], 99)).toBe(7);
  expect(() => percentile([], 50)).toThrow('nothing');
});

test('the median stands in the middle, whatever order the runs came in', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median(hundred)).toBe(50.5);
});

test('a figure is its median, with the range and number of its runs', () => {
  const name = 'claims, 8 callers';
  const measured = figure({ name, unit: '/s', runs: [1_204.4, 998.2, 1_100.7], limit: 'the processor' });
  expect(measured).toEqual({ name, unit: '/s', value: 1_101, low: 998, high: 1_204, runs: 3, limit: 'the processor' });
  expect(figure({ name, unit: 'ms', runs: [0.123_456], limit: '' }).value).toBe(0.123);
});

test('the table shows the run before beside this one', () => {
  const now = figure({ name: 'idle', unit: 'KiB', runs: [20, 21, 30], limit: 'Socket.io' });
  const lines = table([now], new Map([['idle', { ...now, value: 25 }]])).split('\n');
  expect(lines[1]?.split(/ {2,}/)).toEqual(['idle', '21 KiB', '20–30 (3)', '25', 'Socket.io']);
  expect(table([now], new Map())).toContain('–');
});
