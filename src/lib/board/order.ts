import type { Card } from '#lib/shared/board.ts';
import { priorities } from '#lib/shared/ticket.ts';

/**
 * The order in every column: urgent first, then whoever came first, and last what is deferred. It follows from what people set, never from the clock,
 * so that nothing moves by itself under a pointer.
 */
export function inOrder(a: Card, b: Card): number {
  if ((a.deferred === null) !== (b.deferred === null)) return a.deferred === null ? -1 : 1;
  if (a.priority !== b.priority) return priorities.indexOf(b.priority) - priorities.indexOf(a.priority);
  if (a.created !== b.created) return a.created < b.created ? -1 : 1;
  return a.number - b.number;
}

/** A row of a list: a card, or the gap that a card left while the pointer was over the list. */
export type Row = { id: string; card: Card | null };

/**
 * Keeps places under a pointer: what was shown stays where it was, what left leaves a gap, what is new comes last. Without
 * this one grabs the card that has just moved up.
 */
export function hold(shown: readonly Row[], cards: readonly Card[]): Row[] {
  const now = new Map(cards.map((card) => [card.id, card]));
  const kept = shown.map(({ id }) => ({ id, card: now.get(id) ?? null }));
  const known = new Set(shown.map(({ id }) => id));
  return [...kept, ...rowsOf(cards.filter((card) => !known.has(card.id)))];
}

export function rowsOf(cards: readonly Card[]): Row[] {
  return cards.map((card) => ({ id: card.id, card }));
}
