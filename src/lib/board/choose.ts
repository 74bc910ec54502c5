import { m } from '#lib/i18n/paraglide/messages.js';
import type { BoardView } from './board.svelte.ts';
import { mostChosen } from './selection.svelte.ts';

/** Changes the choice and says how many are chosen by then. */
export function choose(board: BoardView, change: () => boolean): void {
  const hadRoom = change();
  const count = board.selection.size;
  board.say(hadRoom ? m.moves_chosen({ count }) : m.moves_chosen_most({ count: mostChosen }));
}
