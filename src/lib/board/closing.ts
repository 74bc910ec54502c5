import { m } from '#lib/i18n/paraglide/messages.js';
import type { Card } from '#lib/shared/board.ts';
import { mayWork } from '#lib/shared/permissions.ts';
import { perform, type Deed } from './act.ts';
import type { BoardView } from './board.svelte.ts';

/** `text` as messages are made of it, `words` as they were typed. */
type How = { inform: boolean; text: string; words: string; history: boolean };

/** Closes tickets. The last words of one that was refused are there again when it is closed the next time. */
export class Closing {
  readonly #board: BoardView;
  readonly #kept = new Map<string, string>();

  constructor(board: BoardView) {
    this.#board = board;
  }

  /** Those of the cards that this person may close. */
  permitted(cards: readonly Card[]): Card[] {
    return cards.filter((card) => mayWork(this.#board.live.viewer, card));
  }

  wordsFor(cards: readonly Card[]): string {
    return cards.map(({ id }) => this.#kept.get(id)).find((words) => words !== undefined) ?? '';
  }

  /** An internal ticket says nothing to anybody. */
  async close(cards: readonly Card[], { inform, text, words, history }: How): Promise<void> {
    const permitted = this.permitted(cards);
    const deeds = permitted.map((card): Deed => {
      const isPublic = card.visibility === 'public';
      const input = { ticket: card.id, inform: isPublic && inform, text: isPublic ? text : '', history };
      return { card, name: 'ticket.close', input, guess: () => null };
    });
    if (deeds.length === 0) this.#board.say(m.board_cannot());
    const done = deeds.length === 0 ? [] : await perform(this.#board, deeds);
    for (const card of done) this.#kept.delete(card.id);
    const refused = (permitted.length === 0 ? cards : permitted).filter((card) => !done.includes(card));
    this.#keep(refused, words);
  }

  #keep(refused: readonly Card[], words: string): void {
    const meant = refused.filter(({ visibility }) => visibility === 'public');
    if (!words || meant.length === 0) return;
    for (const card of meant) this.#kept.set(card.id, words);
    // Whoever may not close it any more still has his words.
    const run = () => void navigator.clipboard.writeText(words);
    this.#board.toasts.problem(m.ticket_close_kept(), { label: m.ticket_close_copy(), run });
  }
}
