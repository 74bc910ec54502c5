import type { Card } from '#lib/shared/board.ts';

/** What a ticket will look like if a command is done. Given the card as known, returns it as hoped for; null takes it off the board. */
export type Guess = (card: Card) => Card | null;

type Pending = { command: string; ticket: string; guess: Guess; seq: number | null };

/**
 * What this person did and the server has not yet told: shown at once, over what is known. A guess ends when the
 * command's own event has arrived, when the cursor has passed the seq of its answer, or when it is refused.
 */
export class Overlay {
  #pending: Pending[] = [];

  add(command: string, ticket: string, guess: Guess): void {
    this.#pending.push({ command, ticket, guess, seq: null });
  }

  /** The command was done: its guess stays until the board has caught up with it. */
  done(command: string, seq: number, cursor: number): void {
    if (seq <= cursor) return this.drop(command);
    for (const each of this.#pending) if (each.command === command) each.seq = seq;
  }

  drop(command: string): void {
    this.#pending = this.#pending.filter((each) => each.command !== command);
  }

  /** The board is now as of `cursor`. */
  passed(cursor: number): void {
    this.#pending = this.#pending.filter((each) => each.seq === null || each.seq > cursor);
  }

  holds(ticket: string): boolean {
    return this.#pending.some((each) => each.ticket === ticket);
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  over(card: Card): Card | null {
    let shown: Card | null = card;
    for (const { ticket, guess } of this.#pending) {
      if (ticket === card.id && shown) shown = guess(shown);
    }
    return shown;
  }
}
