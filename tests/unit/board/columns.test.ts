import { describe, expect, test } from 'vitest';
import { besides, columnsBy, type Column } from '#lib/board/columns.ts';
import type { Grouping } from '#lib/shared/parts.ts';
import type { Card } from '#lib/shared/board.ts';
import { cardOf, groups, people, pools, viewer } from '../../support/cards.ts';

function board(grouping: Grouping, cards: Card[], me = viewer('ben')): Record<string, Column> {
  const columns = columnsBy(grouping, { cards, pools, people, groups, viewer: me });
  return Object.fromEntries(columns.map((column) => [column.key, column]));
}

function numbers(cards: Card[] | undefined): number[] {
  return (cards ?? []).map((card) => card.number);
}

describe('by pool', () => {
  test('a pool shows what nobody is responsible for, and folds away what others took', () => {
    const columns = board('pool', [cardOf(1), cardOf(2, { member: 'cleo' }), cardOf(3, { pool: 'lift' })]);
    expect(numbers(columns['pool:heating']?.cards)).toEqual([1]);
    expect(numbers(columns['pool:heating']?.taken)).toEqual([2]);
    expect(numbers(columns['pool:lift']?.cards)).toEqual([3]);
  });

  test('what is mine lies in my lane and nowhere twice', () => {
    const columns = board('pool', [cardOf(1, { member: 'ben' })]);
    expect(Object.values(columns).flatMap(({ cards, taken }) => [...cards, ...taken])).toEqual([]);
  });

  test('pools I may not look into are no columns, sub pools follow their main one', () => {
    expect(Object.keys(board('pool', []))).toEqual(['pool:heating', 'pool:radiators', 'pool:lift']);
  });

  test('an archived pool stays while something lies in it', () => {
    expect(numbers(board('pool', [cardOf(1, { pool: 'attic' })])['pool:attic']?.cards)).toEqual([1]);
  });

  test('a ticket of my group has the column of my group; that of another group counts as taken', () => {
    const cards = [cardOf(1, { group: 'caretakers', pool: 'it' }), cardOf(2, { group: 'office' })];
    const columns = board('pool', cards);
    expect(numbers(columns['group:caretakers']?.cards)).toEqual([1]);
    expect(numbers(columns['pool:heating']?.taken)).toEqual([2]);
    expect(columns['group:office']).toBeUndefined();
  });

  test('urgent comes first, then whoever came first', () => {
    const cards = [cardOf(3), cardOf(1), cardOf(4, { priority: 'urgent' }), cardOf(2, { priority: 'low' })];
    expect(numbers(board('pool', cards)['pool:heating']?.cards)).toEqual([4, 1, 3, 2]);
  });

  test('every ticket that I see is somewhere', () => {
    const cards = [
      cardOf(1),
      cardOf(2, { member: 'cleo' }),
      cardOf(3, { member: 'ben', pool: 'it' }),
      cardOf(4, { pool: 'it', member: 'ada', owners: ['ben'] }),
      cardOf(5, { group: 'caretakers', pool: 'it' }),
      cardOf(6, { group: 'office' }),
    ];
    const world = { cards, pools, people, groups, viewer: viewer('ben') };
    const shown = columnsBy('pool', world).flatMap(({ cards: open, taken }) => [...open, ...taken]);
    const mine = cards.filter((card) => card.member === 'ben');
    expect(numbers([...shown, ...mine, ...besides(world)]).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('by status', () => {
  test('each status is a column, drafts only when there are some', () => {
    const keys = Object.keys(board('status', [cardOf(1)]));
    expect(keys).toEqual(['status:open', 'status:assigned', 'status:in_progress', 'status:done']);
    expect(Object.keys(board('status', [cardOf(1, { status: 'draft' })]))[0]).toBe('status:draft');
  });
});

describe('by person', () => {
  test('nobody, myself, the colleagues, the groups', () => {
    expect(Object.keys(board('person', []))).toEqual([
      'nobody:',
      'member:ben',
      'member:ada',
      'member:cleo',
      'member:mona',
      'group:caretakers',
      'group:office',
    ]);
  });

  test('who has left the team shows while he still holds something', () => {
    expect(numbers(board('person', [cardOf(1, { member: 'otto' })])['member:otto']?.cards)).toEqual([1]);
  });
});
