import type { Socket } from 'socket.io-client';
import { waitAfterMs } from './again.ts';

/** A socket whose own attempts to come back are off: the first of them would all fall into the same half second. */
export type Way = Pick<Socket, 'connected' | 'connect' | 'disconnect'>;

type Ears = {
  /** The browser says that there is no network. */
  onoffline: () => void;
  /** The page is looked at again, over a line that is open as far as anybody knows. */
  onwake: () => void;
  /** It is looked at after all was over. */
  onlook?: () => void;
  /** The time to ask again has come, over a line that is open. */
  onagain?: () => void;
};

const openMs = 20_000;

/** How a page's line to the server is opened, and after each loss opened again, which is never all pages' at once. */
export class Comeback {
  readonly #way: Way;
  readonly #ears: Ears;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Since when the line is known to be lost; null while all is well. */
  #awaySince: number | null = null;
  isOver = false;

  constructor(way: Way, ears: Ears) {
    this.#way = way;
    this.#ears = ears;
  }

  /** Begins; returns how to end. */
  start(): () => void {
    this.isOver = false;
    const woke = () => document.visibilityState === 'visible' && this.#wake();
    const off = () => this.isOver || this.#ears.onoffline();
    const on = () => this.startOver();
    document.addEventListener('visibilitychange', woke);
    window.addEventListener('focus', woke);
    window.addEventListener('offline', off);
    window.addEventListener('online', on);
    this.#open();
    return () => {
      this.end();
      document.removeEventListener('visibilitychange', woke);
      window.removeEventListener('focus', woke);
      window.removeEventListener('offline', off);
      window.removeEventListener('online', on);
    };
  }

  /** The other side spoke. */
  heard(): void {
    clearTimeout(this.#timer);
  }

  /** All is well: the next failure is the first again. */
  settle(): void {
    this.#awaySince = null;
  }

  soon(): void {
    if (this.isOver) return;
    clearTimeout(this.#timer);
    this.#awaySince ??= performance.now();
    this.#timer = setTimeout(() => this.#again(), waitAfterMs(performance.now() - this.#awaySince));
  }

  startOver(): void {
    if (this.isOver) return;
    this.#awaySince = null;
    this.soon();
  }

  /** For good, or until `startAgain`. */
  end(): void {
    this.isOver = true;
    clearTimeout(this.#timer);
    this.#way.disconnect();
  }

  startAgain(): void {
    this.isOver = false;
    this.startOver();
  }

  #again(): void {
    if (this.#way.connected) this.#ears.onagain?.();
    else this.#open();
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#way.connect();
    // Somebody took the line, and never said a word.
    this.#timer = setTimeout(() => {
      this.#way.disconnect();
      this.soon();
    }, openMs);
  }

  #wake(): void {
    if (this.isOver) this.#ears.onlook?.();
    else if (this.#way.connected) this.#ears.onwake();
    else this.startOver();
  }
}
