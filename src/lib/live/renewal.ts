import { waitMs } from './again.ts';
import { Unsent } from './queue.ts';

const attempts = 6;

type Options = {
  /** Reads everything anew; resolves with the seq it is as of. */
  read: () => Promise<number>;
  pause?: (ms: number) => Promise<void>;
};

/**
 * When the board is read anew. Several who ask at once share an answer, but never one that was on its way before they asked: it
 * may be older than what they know of.
 */
export class Renewal {
  #read: () => Promise<number>;
  #pause: (ms: number) => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** As of which seq it was read, and should have been. */
  #known = 0;
  #wanted = 0;
  #striving = false;

  constructor({ read, pause = rest }: Options) {
    this.#read = read;
    this.#pause = pause;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** @throws Unsent when the server is away */
  now(): Promise<void> {
    if (!this.#running) {
      this.#running = this.#run().finally(() => (this.#running = undefined));
      return this.#running;
    }
    this.#next ??= this.#running
      // Whoever asked for that one hears of it.
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.now();
      });
    return this.#next;
  }

  /** Something happened that events tell of but do not carry. Read within `withinMs`, since many screens hear it at once. */
  want(seq: number, withinMs: number): void {
    this.#wanted = Math.max(this.#wanted, seq);
    void this.#strive(Math.random() * withinMs);
  }

  /** The server is back: what could not be read is read. */
  retry(): void {
    void this.#strive(0);
  }

  async #run(): Promise<void> {
    this.#known = Math.max(this.#known, await this.#read());
  }

  async #strive(firstMs: number): Promise<void> {
    if (this.#striving) return;
    this.#striving = true;
    try {
      for (let failures = 0; this.#known < this.#wanted && failures < attempts; failures++) {
        await this.#pause(failures === 0 ? firstMs : waitMs(failures));
        await this.#quietly();
      }
    } finally {
      this.#striving = false;
    }
  }

  async #quietly(): Promise<void> {
    try {
      await this.now();
    } catch (error) {
      // Away: tried again, and once more when the connection is back.
      if (!(error instanceof Unsent)) throw error;
    }
  }
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
