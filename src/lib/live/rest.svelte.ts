import { sliceFrom, type Place } from '#lib/shared/parts.ts';
import type { LiveBoard } from './board.svelte.ts';
import { fetchFirstPart, fetchPart } from './http.ts';
import { Unsent } from './queue.ts';

const pausesMs = [1_000, 4_000, 10_000];

/** Brings what a page left out of a large board, part by part, while the first cards are on the screen already. */
export class Rest {
  /** `failed`: the server was asked several times in vain; it is asked again when the connection is back, or by hand. */
  state = $state<'waiting' | 'loading' | 'failed'>('waiting');
  #workspace: string;
  #board: LiveBoard;
  /** Where the last part that arrived ends. */
  #place: Place | null = null;

  constructor(workspace: string, board: LiveBoard) {
    this.#workspace = workspace;
    this.#board = board;
  }

  /** Does nothing where nothing is missing, or where it is on its way. */
  load(): void {
    if (this.#board.isWhole || !this.#board.isKnown || this.state === 'loading') return;
    this.state = 'loading';
    void this.#load();
  }

  async #load(): Promise<void> {
    for (let failures = 0; !this.#board.isWhole;) {
      try {
        await this.#next();
        failures = 0;
      } catch (error) {
        if (!(error instanceof Unsent)) throw error;
        const pause = pausesMs[failures++];
        if (pause === undefined) return void (this.state = 'failed');
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    this.state = 'waiting';
  }

  /** Meanwhile the board may have been read anew: then it is whole, and this ends. */
  async #next(): Promise<void> {
    if (!this.#place) {
      const first = await fetchFirstPart(this.#workspace);
      const { seq, cards, reads } = sliceFrom(first);
      this.#board.add({ seq, cards, reads: [...first.reads, ...reads] });
      this.#place = first.next;
    } else {
      const part = await fetchPart(this.#workspace, this.#place);
      this.#board.add(sliceFrom(part));
      this.#place = part.next;
    }
    if (!this.#place) this.#board.isWhole = true;
  }
}
