import { m } from '#lib/i18n/paraglide/messages.js';
import type { Card } from '#lib/shared/board.ts';
import { mayWork } from '#lib/shared/permissions.ts';
import { perform, type Deed } from './act.ts';
import type { BoardView } from './board.svelte.ts';

/** Closes those of the cards that this person may close. An internal ticket says nothing to anybody. */
export function closeAll(board: BoardView, cards: readonly Card[], how: { inform: boolean; text: string }): void {
  const deeds = cards
    .filter((card) => mayWork(board.live.viewer, card))
    .map((card): Deed => {
      const isPublic = card.visibility === 'public';
      const input = { ticket: card.id, inform: isPublic && how.inform, text: isPublic ? how.text : '' };
      return { card, name: 'ticket.close', input, guess: () => null };
    });
  if (deeds.length === 0) board.say(m.board_cannot());
  else void perform(board, deeds);
}
