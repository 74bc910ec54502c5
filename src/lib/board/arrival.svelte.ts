/* eslint-disable svelte/prefer-svelte-reactivity -- what was asked, which no template reads */
import { fetchBeginning } from '#lib/live/http.ts';
import type { Live } from '#lib/live/live.svelte.ts';
import { Unsent } from '#lib/live/queue.ts';
import { sifts, type Filters } from '#lib/shared/filter.ts';
import type { Counts, Grouping } from '#lib/shared/parts.ts';

/** Who types a word asks once. */
const pauseMs = 100;

/** What is known of cards that have not arrived yet: how many there are, and of which the first were asked for. */
export class Arrival {
  #live: Live;
  #counts = $state.raw<Counts>({});
  /** The counts of what passes these filters. */
  #sifted = $state.raw<{ filters: Filters; counts: Counts } | null>(null);
  #asked = new Set<Grouping>();

  constructor(live: Live) {
    this.#live = live;
  }

  begin(by: Grouping, counts: Counts): void {
    this.#asked.add(by);
    this.#counts = counts;
  }

  /** By key of a column; null when the cards themselves are to be counted: all are here, or the server has not answered yet. */
  counts(filters: Filters): Counts | null {
    if (this.#live.board.isWhole) return null;
    if (!sifts(filters)) return this.#counts;
    return this.#sifted?.filters === filters ? this.#sifted.counts : null;
  }

  /** What passes the filters is not known yet: neither are all cards here, nor has the server said how many there are. */
  isAsking(filters: Filters): boolean {
    return sifts(filters) && !this.#live.board.isWhole && this.#sifted?.filters !== filters;
  }

  /**
   * Asks for the first cards in another grouping, or of those that pass the filters, while not all cards are here. Returns how to
   * take the question back.
   */
  ask(by: Grouping, filters: Filters): () => void {
    if (this.#live.board.isWhole || (this.#asked.has(by) && !sifts(filters))) return () => undefined;
    const timer = setTimeout(() => void this.#ask(by, filters), pauseMs);
    return () => clearTimeout(timer);
  }

  async #ask(by: Grouping, filters: Filters): Promise<void> {
    try {
      const { snapshot, counts } = await fetchBeginning(this.#live.workspace, by, filters);
      if (this.#live.board.isWhole) return;
      this.#live.board.add(snapshot);
      if (sifts(filters)) this.#sifted = { filters, counts };
      else this.begin(by, counts);
    } catch (error) {
      // All cards are on their way as well, and the board says where that fails.
      if (!(error instanceof Unsent)) throw error;
    }
  }
}
