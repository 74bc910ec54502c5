import { m } from '#lib/i18n/paraglide/messages.js';
import type { Deed } from './act.ts';
import type { BoardView } from './board.svelte.ts';
import { statusWords } from './words.ts';

/** What a listener hears when it is done; a refusal is told where it shows. */
export function saidOf(board: BoardView, deed: Deed): string {
  const { number, pool } = deed.card;
  switch (deed.name) {
    case 'ticket.claim':
      return m.board_said_claimed({ number });
    case 'ticket.assign':
      return m.board_said_assigned({ number, name: holderOf(board, deed.input) });
    case 'ticket.release':
      return m.board_said_released({ number, pool: board.nameOf(pool) });
    case 'ticket.move':
      return m.board_said_moved({ number, pool: board.nameOf(deed.input.pool) });
    case 'ticket.setStatus':
      return m.board_said_status({ number, status: statusWords[deed.input.status]() });
    case 'ticket.close':
      return m.board_said_closed({ number });
  }
}

/** The same for several that were treated alike. */
export function saidOfMany(board: BoardView, deed: Deed, count: number): string {
  switch (deed.name) {
    case 'ticket.claim':
      return m.moves_many_claimed({ count });
    case 'ticket.assign':
      return m.moves_many_assigned({ count, name: holderOf(board, deed.input) });
    case 'ticket.release':
      return m.moves_many_released({ count });
    case 'ticket.move':
      return m.moves_many_moved({ count, pool: board.nameOf(deed.input.pool) });
    case 'ticket.setStatus':
      return m.moves_many_status({ count, status: statusWords[deed.input.status]() });
    case 'ticket.close':
      return m.moves_many_closed({ count });
  }
}

function holderOf(
  board: BoardView,
  to: { member?: string | null | undefined; group?: string | null | undefined },
): string {
  return to.member === board.live.me.id ? m.board_me() : board.nameOf(to.member ?? to.group ?? null);
}
