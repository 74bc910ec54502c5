import type { Snapshot } from '#lib/shared/board.ts';
import { viewerOf } from '#lib/shared/permissions.ts';
import type { Role } from '#lib/shared/ticket.ts';
import type { Counts } from './board.svelte.ts';
import { columnsBy, oldestOf } from './columns.ts';
import { inOrder } from './order.ts';

/** A board up to this size comes whole with the page. */
export const wholeUpTo = 300;
/** Else the first cards of each column: what a screen shows before one scrolls. */
const perColumn = 12;

export type Beginning = { snapshot: Snapshot; isWhole: boolean; counts: Counts };

/** What of a board comes with the page. The rest follows by itself; counts and ages are those of all from the start. */
export function cut(snapshot: Snapshot, me: { id: string; role: Role }): Beginning {
  if (snapshot.cards.length <= wholeUpTo) return { snapshot, isWhole: true, counts: {} };
  const viewer = viewerOf(me, snapshot.pools, snapshot.groups);
  const columns = columnsBy('pool', { ...snapshot, viewer });
  const mine = snapshot.cards.filter((card) => card.member === me.id).toSorted(inOrder);
  const kept = new Set([...columns.map(({ cards }) => cards), mine].flatMap((cards) => cards.slice(0, perColumn)));
  const counts = columns.map(({ key, cards }) => [key, { count: cards.length, oldest: oldestOf(cards) }] as const);
  const read = new Set([...kept].map((card) => card.id));
  return {
    snapshot: {
      ...snapshot,
      cards: snapshot.cards.filter((card) => kept.has(card)),
      reads: snapshot.reads.filter(([ticket]) => read.has(ticket)),
    },
    isWhole: false,
    counts: Object.fromEntries(counts),
  };
}
