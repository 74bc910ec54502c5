/* eslint-disable svelte/prefer-svelte-reactivity -- compared and forgotten, no template reads it */
import { fetchFound } from '#lib/live/http.ts';
import { Unsent } from '#lib/live/queue.ts';
import { searchLength, type Hit, type SearchPlace } from '#lib/shared/search.ts';

const pauseMs = 150;
/** A letter alone stands everywhere. */
const least = 2;

/** What stands in all tickets, also in closed ones: asked of the server while somebody types in the board's search. */
export class TicketSearch {
  state = $state<'empty' | 'loading' | 'ready' | 'failed'>('empty');
  hits = $state.raw<Hit[]>([]);
  /** Why it failed, where that is known (`ui/trouble.ts`). */
  trouble = $state<string | undefined>();
  /** Which of the hits the keyboard has chosen. */
  chosen = $state(-1);
  #workspace: string;
  #text = '';
  #next = $state.raw<SearchPlace | null>(null);
  /** What was asked last. */
  #after: SearchPlace | null = null;
  #asking: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  /** Looks for this once nothing more has been typed for a moment; what was found last stays until then. */
  look(text: string): void {
    const typed = text.trim().slice(0, searchLength);
    if (typed === this.#text) return;
    this.stop();
    this.#text = typed;
    this.chosen = -1;
    this.state = typed.length < least ? 'empty' : 'loading';
    if (this.state === 'empty') this.hits = [];
    else this.#timer = setTimeout(() => void this.#ask(null), pauseMs);
  }

  more(): void {
    if (this.#next && this.state === 'ready') void this.#ask(this.#next);
  }

  /** Asks once more what failed: from the beginning, or for more of what is there. */
  again(): void {
    this.state = 'loading';
    void this.#ask(this.#after);
  }

  /** Down from the field into the hits, and up again. */
  choose(by: 1 | -1): void {
    this.chosen = Math.min(this.hits.length - 1, Math.max(-1, this.chosen + by));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  async #ask(after: SearchPlace | null): Promise<void> {
    // One at a time: an older answer must not land in what is looked for now.
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#after = after;
    try {
      const { hits, next } = await fetchFound(this.#workspace, this.#text, { after, signal: asking.signal });
      if (asking.signal.aborted) return;
      const before = after ? this.hits : [];
      // A ticket that is found again by an older message of it is there already.
      const known = new Set(before.map(({ number }) => number));
      this.hits = [...before, ...hits.filter(({ number }) => !known.has(number))];
      this.#next = next;
      this.state = 'ready';
    } catch (error) {
      if (!(error instanceof Unsent)) throw error;
      if (asking.signal.aborted) return;
      // What was found for other words would look like the answer; a page that is here stays.
      if (!after) this.hits = [];
      this.trouble = error.message;
      this.state = 'failed';
    }
  }
}
