/** At most `burst` at once and `perSecond` in the long run, for what one socket or person may ask. */
export class Bucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #filledAt = performance.now();

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
  }

  /** False when there was too much. */
  take(cost = 1): boolean {
    const now = performance.now();
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
    if (this.#left < cost) return false;
    this.#left -= cost;
    return true;
  }
}

const most = 10_000;

/** One for each who asks, in this process; forgotten when they are too many. */
export class Buckets {
  readonly #pace: { burst: number; perSecond: number };
  readonly #all = new Map<string, Bucket>();

  constructor(pace: { burst: number; perSecond: number }) {
    this.#pace = pace;
  }

  take(who: string): boolean {
    if (this.#all.size > most) this.#all.clear();
    const bucket = this.#all.get(who) ?? new Bucket(this.#pace.burst, this.#pace.perSecond);
    this.#all.set(who, bucket);
    return bucket.take();
  }
}
