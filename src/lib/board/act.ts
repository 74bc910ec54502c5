import { announce } from '@atlaskit/pragmatic-drag-and-drop-live-region';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Card } from '#lib/shared/board.ts';
import type { BoardView } from './board.svelte.ts';
import type { Place } from './columns.ts';
import { intentOf, type Intent } from './intent.ts';
import { statusWords } from './words.ts';

/**
 * Puts a card somewhere: the one way for drag, menu and keys. Shown at once; what is refused comes back and says why.
 * Returns false when this person may not, and says so.
 */
export function put(board: BoardView, card: Card, place: Place): boolean {
  const current = board.live.board.card(card.id) ?? card;
  const intent = intentOf(current, place, board.live.viewer);
  if (!intent) {
    announce(m.board_cannot());
    return false;
  }
  // The union of commands and their inputs: TypeScript does not pair them up by itself.
  void send(board, intent, said(board, current, intent));
  return true;
}

export function claim(board: BoardView, card: Card): boolean {
  return put(board, card, { kind: 'member', id: board.live.me.id });
}

async function send(board: BoardView, { name, input, guess }: Intent, done: string): Promise<void> {
  const answer = await board.live.send(name, input, { guess });
  if (answer.ok) announce(done);
}

/** What a listener hears when it is done; a refusal is announced by its notice. */
function said(board: BoardView, { number, pool }: Card, intent: Intent): string {
  switch (intent.name) {
    case 'ticket.claim':
      return m.board_said_claimed({ number });
    case 'ticket.assign':
      return m.board_said_assigned({ number, name: board.nameOf(intent.input.member ?? intent.input.group ?? null) });
    case 'ticket.release':
      return m.board_said_released({ number, pool: board.nameOf(pool) });
    case 'ticket.move':
      return m.board_said_moved({ number, pool: board.nameOf(intent.input.pool) });
    case 'ticket.setStatus':
      return m.board_said_status({ number, status: statusWords[intent.input.status]() });
  }
}
