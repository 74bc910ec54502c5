import type { Server, Socket } from 'socket.io';
import { Bucket } from '#lib/shared/bucket.ts';

type Connection = Socket['conn'];

/** A person with a hundred tabs; more is a program. */
export const mostOfSession = 100;
/** Participants pass their link around in the family. */
export const mostOfLink = 30;
/** Frames of one socket: a page that catches up and sends what it kept, and then far more than anybody does by hand. */
const frames = { burst: 600, perSecond: 200 };

/** How many there are of each kind at once. */
export class Crowd {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** False when there are too many already; else one more, until `leave`. */
  enter(key: string): boolean {
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.#most) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  leave(key: string): void {
    const count = (this.#counts.get(key) ?? 1) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}

/** Bounds how much a connection may say at all. */
export function watchConnections(io: Server): void {
  // Engine.io's events have no types.
  io.engine.on('connection', (conn: Connection) => {
    const bucket = new Bucket(frames.burst, frames.perSecond);
    conn.on('packet', () => {
      if (!bucket.take()) conn.close(true);
    });
  });
}
