import { SvelteMap } from 'svelte/reactivity';
import type { Card } from '#lib/shared/board.ts';
import { inOrder } from './order.ts';

/** A card that came back: where it lay before, and why it is there again. */
type Return = { list: string; reason: string };

/** Long enough to read one sentence and look for the card it is about. */
const readMs = 6_000;

/**
 * Cards whose move was refused. Each lies for a while where it came from and says why, also where it belongs to somebody
 * else by now: from there one sees it go to him.
 */
export class Returned {
  readonly #returns = new SvelteMap<string, Return>();
  readonly #leave: (ticket: string) => void;

  /** `leave` is called before a card goes on to where it belongs. */
  constructor(leave: (ticket: string) => void) {
    this.#leave = leave;
  }

  keep(ticket: string, what: Return): void {
    this.#returns.set(ticket, what);
    setTimeout(() => this.#returns.get(ticket) === what && this.end(ticket), readMs);
  }

  end(ticket: string): void {
    if (!this.#returns.has(ticket)) return;
    this.#leave(ticket);
    this.#returns.delete(ticket);
  }

  /** The lists are others now, or show others: each card lies where it belongs. */
  endAll(): void {
    for (const ticket of this.#returns.keys()) this.end(ticket);
  }

  reasonOf(ticket: string): string {
    return this.#returns.get(ticket)?.reason ?? '';
  }

  /** The cards of a list, with those that came back to it in their old places, and without those that came back elsewhere. */
  among(list: string, cards: Card[], cardOf: (ticket: string) => Card | null): Card[] {
    if (this.#returns.size === 0) return cards;
    const back = [...this.#returns].flatMap(([ticket, { list: from }]) => {
      const card = from === list ? cardOf(ticket) : null;
      return card ? [card] : [];
    });
    const others = cards.filter(({ id }) => !this.#returns.has(id));
    return back.length === 0 ? others : [...others, ...back].toSorted(inOrder);
  }
}
