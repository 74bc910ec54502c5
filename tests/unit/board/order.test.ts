import { describe, expect, test } from 'vitest';
import { lightOf } from '#lib/board/light.ts';
import { hold, inOrder, rowsOf } from '#lib/board/order.ts';
import { gap, rangeAt, rowHeight, scrollTo } from '#lib/board/window.ts';
import { cardOf } from '../../support/cards.ts';

const [one, two, three, four] = [1, 2, 3, 4].map((number) => cardOf(number));

describe('under a pointer', () => {
  const shown = rowsOf([one, two, three].filter((card) => card !== undefined));

  test('what left leaves a gap, and nothing moves up', () => {
    const rows = hold(
      shown,
      [one, three].filter((card) => card !== undefined),
    );
    expect(rows.map(({ card }) => card?.number ?? null)).toEqual([1, null, 3]);
  });

  test('what is new comes last, however urgent', () => {
    const cards = [four, one, two, three].filter((card) => card !== undefined);
    expect(hold(shown, cards).map(({ card }) => card?.number)).toEqual([1, 2, 3, 4]);
  });

  test('a card that changed shows so in its place', () => {
    const changed = cardOf(2, { subject: 'Neu' });
    expect(hold(shown, [changed])[1]?.card?.subject).toBe('Neu');
  });
});

describe('the window', () => {
  test('ten thousand cards are about as many rows as a screen has', () => {
    const { from, to } = rangeAt({ scrollTop: 5_000 * rowHeight, height: 860, count: 10_000 });
    expect(to - from).toBeLessThan(24);
    expect(from).toBeLessThan(5_000);
    expect(to).toBeGreaterThan(5_011);
  });

  test('never reaches beyond the list, also when it became shorter', () => {
    expect(rangeAt({ scrollTop: 9_000, height: 860, count: 3 })).toEqual({ from: 2, to: 3 });
    expect(rangeAt({ scrollTop: 0, height: 860, count: 0 })).toEqual({ from: 0, to: 0 });
  });

  test('a row in sight stays where it is; others come to the nearer edge', () => {
    expect(scrollTo(2, 100, 800)).toBe(100);
    expect(scrollTo(0, 100, 800)).toBe(0);
    expect(scrollTo(20, 0, 800)).toBe(21 * rowHeight - 800);
    expect(gap).toBeLessThan(rowHeight);
  });
});

test('what is deferred comes last, however urgent, and shows no light', () => {
  const cards = [cardOf(1, { priority: 'urgent', deferred: 'answer' }), cardOf(2, { priority: 'low' })];
  expect(cards.toSorted(inOrder).map(({ number }) => number)).toEqual([2, 1]);
  expect(lightOf(cardOf(1, { deferred: 'answer', due: '2020-01-01T00:00:00.000Z' }), Date.now())).toBe('off');
});
