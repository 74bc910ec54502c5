import type { Socket } from 'socket.io';

/** A page asks once and waits; its second tab has a socket of its own. */
const mostWaiting = 4;

/**
 * Answers that may be large, one after the other, and each only when the one before has left: who asks without reading must not
 * fill the memory with what he is told.
 */
export class Turns {
  #last = Promise.resolve();
  #waiting = 0;
  readonly #line: Pick<Socket, 'conn'>;

  constructor(line: Pick<Socket, 'conn'>) {
    this.#line = line;
  }

  /** False, and nothing done, when too many wait already. `answer` must not throw. */
  take(answer: () => Promise<void>): boolean {
    if (this.#waiting >= mostWaiting) return false;
    this.#waiting++;
    this.#last = this.#last
      .then(() => this.#isFree())
      .then(answer)
      .finally(() => this.#waiting--);
    return true;
  }

  #isFree(): Promise<void> | void {
    const { transport } = this.#line.conn;
    // A closed line never drains: then nothing is owed to anybody.
    if (!transport.writable) return new Promise((resolve) => transport.once('drain', resolve));
  }
}
