/* eslint-disable svelte/prefer-svelte-reactivity -- what was asked, which no template reads */
import { waitMs } from '#lib/live/again.ts';
import { fetchBeginning } from '#lib/live/http.ts';
import type { Live } from '#lib/live/live.svelte.ts';
import { Unsent } from '#lib/live/queue.ts';
import { sifts, type Filters } from '#lib/shared/filter.ts';
import type { Counts, Grouping } from '#lib/shared/parts.ts';

/** Who types a word asks once. */
const pauseMs = 100;
/** A server that was reached and failed is not asked for ever; one that is away is, until all cards are here. */
const mostRefusals = 5;

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
   * Asks for the first cards in another grouping, or of those that pass the filters, while not all cards are here; again where
   * that fails. Returns how to take the question back.
   */
  ask(by: Grouping, filters: Filters): () => void {
    if (this.#live.board.isWhole || (this.#asked.has(by) && !sifts(filters))) return () => undefined;
    const question = new AbortController();
    void this.#insist({ by, filters, signal: question.signal });
    return () => question.abort();
  }

  async #insist(question: Question): Promise<void> {
    let refusals = 0;
    for (let tries = 0; refusals < mostRefusals; tries++) {
      await rest(tries === 0 ? pauseMs : waitMs(tries));
      if (question.signal.aborted || this.#live.board.isWhole) return;
      const outcome = await this.#ask(question);
      if (outcome === 'answered') return;
      if (outcome === 'failed') refusals++;
    }
  }

  async #ask({ by, filters, signal }: Question): Promise<'answered' | 'failed' | 'away'> {
    try {
      const { snapshot, counts } = await fetchBeginning(this.#live.workspace, { by, filters, signal });
      if (signal.aborted || this.#live.board.isWhole) return 'answered';
      this.#live.board.add(snapshot);
      if (sifts(filters)) this.#sifted = { filters, counts };
      else this.begin(by, counts);
      return 'answered';
    } catch (error) {
      // All cards are on their way as well, and the board says where that fails.
      if (!(error instanceof Unsent)) throw error;
      return error.isAway ? 'away' : 'failed';
    }
  }
}

type Question = { by: Grouping; filters: Filters; signal: AbortSignal };

const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
