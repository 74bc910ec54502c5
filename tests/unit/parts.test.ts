import { describe, expect, test } from 'vitest';
import { apply, boardFrom, type Card, type Frame } from '#lib/shared/board.ts';
import { noFilters } from '#lib/shared/filter.ts';
import { fromQuery, toQuery } from '#lib/shared/filter-query.ts';
import { merge } from '#lib/shared/parts.ts';
import { cardOf, snapshotOf } from '../support/cards.ts';

const frameOf = (seq: number, card: Card, change: Partial<Frame> = {}): Frame => ({
  seq,
  prev: {},
  type: 'ticket.changed',
  ticket: card.id,
  at: '',
  actor: { kind: 'system', id: null },
  command: null,
  card,
  data: {},
  ...change,
});

describe('a slice of a board', () => {
  const board = () => boardFrom(snapshotOf([cardOf(1)], 10));
  const slice = (seq: number, card: Card) => ({ seq, cards: [card], reads: [] });

  test('brings cards that had not come', () => {
    const known = board();
    merge(known, { ...slice(12, cardOf(2)), reads: [['ticket-2', '2026-11-16T12:00:00.000Z']] });
    expect([...known.cards.keys()]).toEqual(['ticket-1', 'ticket-2']);
    expect(known.reads.get('ticket-2')).toBe('2026-11-16T12:00:00.000Z');
  });

  test('does not undo what was heard after it was read', () => {
    const known = board();
    apply(known, frameOf(13, cardOf(2, { member: 'ben' })));
    const { card: _, ...left } = frameOf(14, cardOf(3), { type: 'ticket.left' });
    apply(known, left);
    merge(known, { seq: 12, cards: [cardOf(2), cardOf(3)], reads: [] });
    expect(known.cards.get('ticket-2')?.member).toBe('ben');
    expect(known.cards.has('ticket-3')).toBe(false);
  });

  test('is not undone by what is heard late of a time before it', () => {
    const known = board();
    merge(known, slice(12, cardOf(2, { member: 'ben' })));
    apply(known, frameOf(11, cardOf(2)));
    expect(known.cards.get('ticket-2')?.member).toBe('ben');
  });

  test('keeps a customer renamed since', () => {
    const known = board();
    const renamed = { type: 'contact.changed', ticket: null, data: { contact: 'weber', name: 'Petra Lang' } };
    const { card: _, ...frame } = frameOf(13, cardOf(0), renamed);
    apply(known, frame);
    merge(known, slice(12, cardOf(2)));
    expect(known.cards.get('ticket-2')?.customer).toBe('Petra Lang');
  });
});

describe('filters in an address', () => {
  test('come back as they were', () => {
    const filters = {
      ...noFilters,
      text: 'Müller & Söhne #1',
      tags: ['a', 'b,c'],
      priorities: ['urgent' as const],
      onlyMine: true,
    };
    expect(fromQuery(new URLSearchParams(toQuery(filters).toString()))).toEqual(filters);
    expect(fromQuery(new URLSearchParams())).toEqual(noFilters);
  });

  test('are refused where they are none', () => {
    expect(fromQuery(new URLSearchParams({ priority: 'highest' }))).toBeNull();
    expect(fromQuery(new URLSearchParams({ text: 'x'.repeat(101) }))).toBeNull();
  });
});
