/** Asks again by itself for what could not be shown: more and more seldom, and a thousand open pages not all at once. */
export class Asking {
  busy = $state(false);
  readonly #load: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #hasEnded = false;

  constructor(load: () => Promise<void>) {
    this.#load = load;
  }

  /** Returns how to end. */
  begin(): () => void {
    this.#wait();
    return () => {
      this.#hasEnded = true;
      clearTimeout(this.#timer);
    };
  }

  /** @throws what loading throws; it may be asked again all the same */
  async again(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await this.#load();
    } finally {
      this.busy = false;
    }
  }

  #wait(): void {
    // It came while it was asked for: the page is another one by now.
    if (this.#hasEnded) return;
    const ms = Math.min(1_500 * 1.6 ** this.#tries++, 20_000) * (0.7 + Math.random() * 0.6);
    this.#timer = setTimeout(() => void this.again().finally(() => this.#wait()), ms);
  }
}
