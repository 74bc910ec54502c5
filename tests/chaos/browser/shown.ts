import type { Live } from '#lib/live/live.svelte.ts';
import type { Shown } from './words.ts';

/** All that a person sees of the workspace, as the page's templates read it. */
export function shownBy({ board, connection, commands }: Live): Shown {
  const cards = board.cards.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const { pools, people, groups } = board;
  return {
    state: connection.state,
    unsent: commands.unsent.length,
    isWhole: board.isWhole,
    guesses: cards.filter(({ id }) => board.isPending(id)).map(({ id }) => id),
    seq: board.cursor,
    cards: Object.fromEntries(cards.map((card) => [card.id, card])),
    unread: Object.fromEntries(cards.map((card) => [card.id, board.isUnread(card)])),
    beside: { pools: [...pools], people: [...people], groups: [...groups] },
  };
}
