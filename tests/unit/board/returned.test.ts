import { beforeEach, expect, test } from 'vitest';
import { BoardView } from '#lib/board/board.svelte.ts';
import { Live } from '#lib/live/live.svelte.ts';
import type { Card } from '#lib/shared/board.ts';
import { Announcer } from '#lib/ui/announcer.svelte.ts';
import { Toasts } from '#lib/ui/toasts.svelte.ts';
import { cardOf, snapshotOf } from '../../support/cards.ts';

/** Somebody else was faster: it is his, and lies for a while where it was taken from. */
const card = cardOf(1, { member: 'cleo' });
let board: BoardView;

beforeEach(() => {
  const live = new Live('nord', { id: 'ben', name: 'Ben', role: 'member' });
  live.begin(snapshotOf([card], 1));
  board = new BoardView(live, { announcer: new Announcer(), toasts: new Toasts() });
  board.returned.keep(card.id, { list: 'pool:heating', reason: 'Cleo was faster' });
});

function among(list: string, cards: Card[]): number[] {
  return board.returned.among(list, cards, (ticket) => board.live.board.card(ticket)).map(({ number }) => number);
}

test('a card that came back lies in its old list, and nowhere else', () => {
  expect(among('pool:heating', [])).toEqual([1]);
  expect(among('pool:heating:taken', [card])).toEqual([]);
});

test('in another grouping it lies where it belongs', () => {
  board.grouping = 'person';
  expect(among('member:cleo', [card])).toEqual([1]);
});

test('what the filters leave out is not kept by having come back', () => {
  board.narrow({ text: 'nothing like it' });
  expect(among('pool:heating', [])).toEqual([]);
});

test('what changes nothing leaves it where it is', () => {
  board.grouping = 'pool';
  expect(among('pool:heating', [])).toEqual([1]);
});
