import { m } from '#lib/i18n/paraglide/messages.js';
import type { Card, Frame } from '#lib/shared/board.ts';
import { isEnded } from '#lib/shared/ticket.ts';
import type { BoardView } from './board.svelte.ts';

/**
 * What somebody who hears the board is told of an event; null for what others do among themselves. What this person does
 * is told when it is done, by whoever did it.
 */
export function heardOf(board: BoardView, frame: Frame, before: Card | null): string | null {
  const me = board.live.me.id;
  const { actor, card } = frame;
  if (actor.id === me) return null;
  if (card?.member === me && before?.member !== me) return toMe(board, frame);
  // Of what he is just doing with it himself, the answer tells.
  if (!before || board.live.board.isPending(before.id)) return null;
  const wasMine = before.member === me && card?.member !== me;
  if (!wasMine && !(isAtHand(board, before.id) && hasGone(before, card))) return null;
  const name = board.nameOf(actor.id) || m.errors_somebody();
  const { number } = before;
  if (card && isEnded(card.status)) return m.moves_heard_closed({ number, name });
  if (!card) return m.moves_heard_left({ number });
  if (wasMine) return m.moves_heard_from_me({ number, name });
  const holder = board.nameOf(card.member ?? card.group);
  if (holder) return m.board_said_elsewhere({ number, name: holder });
  return m.moves_heard_moved({ number, pool: board.nameOf(card.pool) });
}

function toMe(board: BoardView, { card, actor }: Frame): string | null {
  if (!card || isEnded(card.status)) return null;
  const { number, subject } = card;
  return m.moves_heard_to_me({ number, subject, name: board.nameOf(actor.id) || m.errors_somebody() });
}

/** The card one is at: with the focus, under an open menu, or in the hand. */
function isAtHand(board: BoardView, ticket: string): boolean {
  const focused = document.activeElement?.closest<HTMLElement>('[data-card]')?.dataset['card'];
  return focused === ticket || [...(board.layer?.cards ?? []), ...board.carried].some(({ id }) => id === ticket);
}

function hasGone(before: Card, after: Card | undefined): boolean {
  if (!after || isEnded(after.status)) return true;
  return before.member !== after.member || before.group !== after.group || before.pool !== after.pool;
}
