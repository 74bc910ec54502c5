import { expect, test } from 'vitest';
import { LiveBoard } from '#lib/live/board.svelte.ts';
import type { Card, Frame } from '#lib/shared/board.ts';
import { cardOf, snapshotOf } from '../../support/cards.ts';

const claimed = (card: Card): Card => ({ ...card, member: 'ben', status: 'assigned' });

function frame(seq: number, card: Card, command: string | null = null): Frame {
  const actor = { kind: 'member', id: card.member } as const;
  return { seq, prev: {}, type: 'ticket.claimed', ticket: card.id, at: card.created, actor, command, card, data: {} };
}

function begun(): LiveBoard {
  const board = new LiveBoard();
  board.begin(snapshotOf([cardOf(1), cardOf(2)], 10));
  return board;
}

test('what I do shows at once, and only that', () => {
  const board = begun();
  board.guess('a', 'ticket-1', claimed);
  expect(board.card('ticket-1')).toMatchObject({ member: 'ben' });
  expect(board.isPending('ticket-1')).toBe(true);
  expect(board.card('ticket-2')).toMatchObject({ member: null });
});

test('a refused claim goes back to how it is', () => {
  const board = begun();
  board.guess('a', 'ticket-1', claimed);
  board.apply(frame(11, cardOf(1, { member: 'mona' })));
  board.settle('a', null);
  expect(board.card('ticket-1')).toMatchObject({ member: 'mona' });
  expect(board.isPending('ticket-1')).toBe(false);
});

test('a guess ends with its own event, whichever of answer and event comes first', () => {
  const board = begun();
  board.guess('a', 'ticket-1', claimed);
  board.apply(frame(11, claimed(cardOf(1)), 'a'));
  expect(board.isPending('ticket-1')).toBe(false);
  board.settle('a', 11);
  board.guess('b', 'ticket-2', claimed);
  board.settle('b', 12);
  expect(board.isPending('ticket-2')).toBe(true);
  board.apply(frame(12, claimed(cardOf(2)), 'b'));
  expect(board.isPending('ticket-2')).toBe(false);
});

test('a command that changed nothing leaves no guess behind', () => {
  const board = begun();
  board.guess('a', 'ticket-1', claimed);
  board.settle('a', 0);
  expect(board.card('ticket-1')).toMatchObject({ member: null });
});

test('guesses on one ticket lie over each other in their order', () => {
  const board = begun();
  board.guess('a', 'ticket-1', claimed);
  board.guess('b', 'ticket-1', (card) => ({ ...card, status: 'in_progress' }));
  expect(board.card('ticket-1')).toMatchObject({ member: 'ben', status: 'in_progress' });
  board.settle('a', null);
  expect(board.card('ticket-1')).toMatchObject({ member: null, status: 'in_progress' });
});

test('what I lose sight of is gone at once', () => {
  const board = begun();
  board.guess('a', 'ticket-1', () => null);
  expect(board.card('ticket-1')).toBeNull();
  expect(board.cards.map((card) => card.number)).toEqual([2]);
});

test('an older snapshot changes nothing, a newer one ends the guesses it shows', () => {
  const board = begun();
  board.guess('a', 'ticket-1', claimed);
  board.settle('a', 12);
  board.begin(snapshotOf([], 9));
  expect(board.cards).toHaveLength(2);
  board.begin(snapshotOf([cardOf(1, { member: 'ben' })], 12));
  expect(board.isPending('ticket-1')).toBe(false);
  expect(board.cursor).toBe(12);
});
