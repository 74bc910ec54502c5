import type { Words } from './words.ts';

type Said = { from: string; heard: Words };

/** More words of one workspace wait only while the database hangs; the next beat says again what was dropped. */
const mostWaiting = 500;

/**
 * What other processes say of one workspace, taken in one after the other. It must not fill the memory while that takes long: of
 * those who say all they have, only the newest word waits.
 */
export class Hearing {
  readonly #takeIn: (from: string, heard: Words) => Promise<void>;
  #waiting: Said[] = [];
  #isBusy = false;

  /** @param takeIn must not throw */
  constructor(takeIn: (from: string, heard: Words) => Promise<void>) {
    this.#takeIn = takeIn;
  }

  hear(from: string, heard: Words): void {
    if (heard.kind === 'all') {
      this.#waiting = this.#waiting.filter((said) => said.from !== from || said.heard.kind !== 'all');
    }
    if (this.#waiting.length >= mostWaiting) return;
    this.#waiting.push({ from, heard });
    if (!this.#isBusy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift())
      await this.#takeIn(next.from, next.heard);
    this.#isBusy = false;
  }
}
