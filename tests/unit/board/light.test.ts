import { describe, expect, test } from 'vitest';
import { dueSoonMs, lightOf, waitingMs } from '#lib/board/light.ts';
import { priorities } from '#lib/shared/ticket.ts';
import { cardOf } from '../../support/cards.ts';

const now = Date.parse('2026-11-16T12:00:00.000Z');
const at = (difference: number) => new Date(now + difference).toISOString();

describe.each(priorities)('a customer of priority %s who waits', (priority) => {
  const { amber, red } = waitingMs[priority];

  test.each([
    ['just now', 0, 'green'],
    ['until the first threshold', amber - 1, 'green'],
    ['at it', amber, 'amber'],
    ['at the second', red, 'red'],
  ])('%s', (_, waited, light) => {
    expect(lightOf(cardOf(1, { priority, waiting: at(-waited) }), now)).toBe(light);
  });
});

test('the more important, the earlier it turns', () => {
  const reds = priorities.map((priority) => waitingMs[priority].red);
  expect(reds).toEqual(reds.toSorted((a, b) => b - a));
});

describe('a due date', () => {
  test.each([
    ['passed', -1, 'red'],
    ['is near', dueSoonMs, 'amber'],
    ['is far', dueSoonMs + 1, 'green'],
  ])('that %s', (_, left, light) => {
    expect(lightOf(cardOf(1, { due: at(left) }), now)).toBe(light);
  });

  test('the worse of both counts', () => {
    const waiting = at(-waitingMs.normal.amber);
    expect(lightOf(cardOf(1, { due: at(-1), waiting }), now)).toBe('red');
    expect(lightOf(cardOf(1, { due: at(dueSoonMs * 9), waiting }), now)).toBe('amber');
  });
});

test('drafts and finished tickets have no light', () => {
  expect(lightOf(cardOf(1, { status: 'done', due: at(-1) }), now)).toBe('off');
  expect(lightOf(cardOf(1, { status: 'draft', waiting: at(-1e9) }), now)).toBe('off');
});
