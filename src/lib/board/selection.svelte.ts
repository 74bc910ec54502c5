import { SvelteSet } from 'svelte/reactivity';

/** More than this is a rule, not a choice: the server takes twenty commands a second. */
export const mostChosen = 200;

/** The cards one has chosen to do something with all of them. They stay chosen wherever they move. */
export class Selection {
  readonly #chosen = new SvelteSet<string>();
  /** From where Shift reaches. */
  #from = '';

  get size(): number {
    return this.#chosen.size;
  }

  get tickets(): string[] {
    return [...this.#chosen];
  }

  has(ticket: string): boolean {
    return this.#chosen.has(ticket);
  }

  /** @returns false when no more can be chosen */
  toggle(ticket: string): boolean {
    this.#from = ticket;
    if (this.#chosen.delete(ticket)) return true;
    return this.#add([ticket]);
  }

  /** All from the last one chosen to this one, in the order of the list they lie in. */
  reach(ticket: string, order: readonly string[]): boolean {
    const [from, to] = [order.indexOf(this.#from), order.indexOf(ticket)];
    if (from < 0 || to < 0) return this.toggle(ticket);
    return this.#add(order.slice(Math.min(from, to), Math.max(from, to) + 1));
  }

  /** The range follows where the keyboard goes: what one steps back over is let go. */
  stretch({ from, to }: { from: string; to: string }): boolean {
    // At the end of a list nobody moves on.
    if (from === to) return true;
    if (!this.#chosen.has(from)) this.#from = from;
    if (this.#chosen.has(to)) {
      this.#chosen.delete(from);
      return true;
    }
    return this.#add([from, to]);
  }

  all(tickets: readonly string[]): boolean {
    return this.#add(tickets);
  }

  clear(): void {
    this.#chosen.clear();
    this.#from = '';
  }

  /** What has left the board can no longer be meant. */
  keep(isKnown: (ticket: string) => boolean): void {
    for (const ticket of this.#chosen) if (!isKnown(ticket)) this.#chosen.delete(ticket);
  }

  #add(tickets: readonly string[]): boolean {
    const room = mostChosen - this.#chosen.size;
    const fresh = tickets.filter((ticket) => !this.#chosen.has(ticket));
    for (const ticket of fresh.slice(0, room)) this.#chosen.add(ticket);
    return fresh.length <= room;
  }
}
