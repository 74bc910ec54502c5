import { expect, test } from 'vitest';
import { figure, median, percentile, table } from '../bench/figures.ts';
import { keys, open, type PartName } from '../bench/keys.ts';
import { readLatest, renewed, type Latest } from '../bench/latest.ts';
import type { Part } from '../bench/part.ts';
import { parts } from '../bench/parts.ts';

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
  const key = 'claims.8.per_s';
  const measured = figure({ key, unit: '/s', runs: [1_204.4, 998.2, 1_100.7], limit: 'the processor' });
  expect(measured).toEqual({ key, unit: '/s', value: 1_101, low: 998, high: 1_204, runs: 3, limit: 'the processor' });
  expect(figure({ key, unit: 'ms', runs: [0.123_456], limit: '' }).value).toBe(0.123);
});

test('the table shows the run before beside this one', () => {
  const now = figure({ key: 'idle.kib_per_viewer', unit: 'KiB', runs: [20, 21, 30], limit: 'Socket.io' });
  const lines = table([{ ...now, before: 25 }]).split('\n');
  expect(lines[1]?.split(/ {2,}/)).toEqual(['idle.kib_per_viewer', '21 KiB', '20–30 (3)', '25', 'Socket.io']);
  expect(table([{ ...now, before: null }])).toContain('–');
});

test('the parts measure exactly the keys that others rely on, but for those that are open', () => {
  for (const name of Object.keys(keys) as PartName[]) {
    const measured = (parts[name] as Part | undefined)?.keys ?? [];
    const expected = keys[name].filter((key) => !open.includes(key));
    expect(measured.toSorted(), name).toEqual(expected.toSorted());
  }
  const all = Object.values(keys).flat();
  expect(new Set(all).size).toBe(all.length);
  expect(open.filter((key) => !all.includes(key))).toEqual([]);
});

test('a part that runs alone renews its own figures and no others', () => {
  const one = (key: string, value: number) => ({
    ...figure({ key, unit: 'ms', runs: [value], limit: '' }),
    before: null,
  });
  const ran = { at: '2026-11-02T08:00:00Z', seconds: 1, othersBusy: { before: 0, after: 0 } };
  const former = ['catchup.1000.client_ms', 'catchup.1000.server_ms', 'idle.kib_per_viewer', 'a.key.of.former.times'];
  const machine = { system: '', processor: '', cores: 2, memoryGb: 1, fsyncMs: 1, node: '', postgres: '' };
  const latest: Latest = {
    machine,
    parts: { idle: ran },
    figures: Object.fromEntries(former.map((key) => [key, one(key, 7)])),
  };
  const measured = [figure({ key: 'catchup.1000.server_ms', unit: 'ms', runs: [5], limit: '' })];
  const after = renewed(latest, { name: 'catchup', ran, measured });
  expect(after.figures['catchup.1000.server_ms']).toMatchObject({ value: 5, before: 7 });
  expect(after.figures['idle.kib_per_viewer']).toEqual(latest.figures['idle.kib_per_viewer']);
  expect(Object.keys(after.figures)).toEqual(['catchup.1000.server_ms', 'idle.kib_per_viewer']);
  expect(Object.keys(after.parts)).toEqual(['idle', 'catchup']);
});

test('the kept figures can be looked up by key', async () => {
  const latest = await readLatest();
  expect(latest?.figures['fanout.1000.end_p99_ms']?.unit).toBe('ms');
  const known = new Set(Object.values(keys).flat());
  for (const [key, kept] of Object.entries(latest?.figures ?? {}))
    expect([kept.key, known.has(key)]).toEqual([key, true]);
});
