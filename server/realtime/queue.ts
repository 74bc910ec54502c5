/** `turn` resolves once there is room. `leave`, from the line or from inside, may be called more than once. */
export type Place = { turn: Promise<void>; leave(): void };

/** So many of a kind are inside at once, and so many more wait for their turn, in order. */
export class Queue {
  readonly #mostInside: number;
  readonly #mostWaiting: number;
  readonly #inside = new Map<string, number>();
  readonly #lines = new Map<string, Set<() => void>>();

  constructor(mostInside: number, mostWaiting: number) {
    this.#mostInside = mostInside;
    this.#mostWaiting = mostWaiting;
  }

  /** Null when too many wait already. */
  enter(key: string): Place | null {
    const { promise, resolve } = Promise.withResolvers<void>();
    let where: 'line' | 'inside' | 'gone' = 'line';
    const come = () => {
      where = 'inside';
      resolve();
    };
    if (!this.#isFull(key)) {
      this.#inside.set(key, (this.#inside.get(key) ?? 0) + 1);
      come();
    } else if (!this.#wait(key, come)) return null;
    const leave = () => {
      if (where === 'line') this.#drop(key, come);
      if (where === 'inside') this.#next(key);
      where = 'gone';
    };
    return { turn: promise, leave };
  }

  #isFull(key: string): boolean {
    return (this.#inside.get(key) ?? 0) >= this.#mostInside;
  }

  #wait(key: string, come: () => void): boolean {
    const line = this.#lines.get(key) ?? new Set();
    if (line.size >= this.#mostWaiting) return false;
    this.#lines.set(key, line.add(come));
    return true;
  }

  /** His place goes to the first in line. */
  #next(key: string): void {
    const [first] = this.#lines.get(key) ?? [];
    if (first) {
      this.#drop(key, first);
      return first();
    }
    const count = (this.#inside.get(key) ?? 1) - 1;
    if (count > 0) this.#inside.set(key, count);
    else this.#inside.delete(key);
  }

  #drop(key: string, come: () => void): void {
    const line = this.#lines.get(key);
    line?.delete(come);
    if (line?.size === 0) this.#lines.delete(key);
  }
}
