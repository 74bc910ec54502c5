import { m } from '#lib/i18n/paraglide/messages.js';
import type { Card } from '#lib/shared/board.ts';
import type { BoardView } from './board.svelte.ts';
import { inTree, keyOf, type Place } from './columns.ts';
import { intentOf } from './intent.ts';

/** A place one may choose for a card, and what one should know before. */
export type Target = { place: Place; name: string; hint: string };

/** Where one of these cards may go: to whom, or into which pool. Who is there comes first. */
export function placesFor(kind: 'assign' | 'move', cards: readonly Card[], board: BoardView): Target[] {
  const targets = kind === 'assign' ? holders(board) : pools(board);
  return targets.filter(({ place }) => cards.some((card) => intentOf(card, place, board.live.viewer) !== null));
}

function holders(board: BoardView): Target[] {
  const { people, groups } = board.live.board;
  const me = board.live.me.id;
  const active = people.filter((person) => person.isActive);
  const rank = (id: string) => (id === me ? 0 : board.live.presence.isOnline(id) ? 1 : 2);
  const persons = active
    .toSorted((a, b) => rank(a.id) - rank(b.id))
    .map(({ id, name }) => ({
      place: { kind: 'member' as const, id },
      name: id === me ? `${name} (${m.board_me()})` : name,
      hint: hintOf(board, { kind: 'member', id }),
    }));
  const all = groups.map(({ id, name }) => ({
    place: { kind: 'group' as const, id },
    name,
    hint: hintOf(board, { kind: 'group', id }),
  }));
  return [...persons, ...all];
}

function pools(board: BoardView): Target[] {
  return inTree(board.live.board.pools)
    .filter((pool) => !pool.isArchived)
    .map((pool) => ({
      place: { kind: 'pool' as const, id: pool.id },
      name: pool.parent ? `${board.nameOf(pool.parent)} › ${pool.name}` : pool.name,
      hint: '',
    }));
}

function hintOf(board: BoardView, place: Place): string {
  return String(board.load.get(keyOf(place)) ?? 0);
}
