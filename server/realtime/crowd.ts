import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'socket.io';
import { network } from '#server/domain/attempts.ts';
import { Bucket } from '#lib/shared/bucket.ts';

type Connection = Socket['conn'];

/** A person with a hundred tabs; more is a program. */
export const mostOfSession = 100;
/** Participants pass their link around in the family. */
export const mostOfLink = 30;
/** Connections of one network that were not let in yet. An office that comes back after a restart takes turns. */
export const mostKnocking = 500;
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

const knocking = new Crowd(mostKnocking);
const doors = new WeakMap<Connection, () => void>();

/** Bounds what a connection may cost before anybody knows whose it is, and how much it may say at all. */
export function watchConnections(io: Server): void {
  // Engine.io's events have no types.
  io.engine.on('connection', (conn: Connection) => {
    const from = networkOf(conn.request);
    if (!knocking.enter(from)) return conn.close(true);
    const inside = () => {
      if (doors.delete(conn)) knocking.leave(from);
    };
    doors.set(conn, inside);
    conn.once('close', inside);
    const bucket = new Bucket(frames.burst, frames.perSecond);
    conn.on('packet', () => {
      if (!bucket.take()) conn.close(true);
    });
  });
}

/** It is known whose this is: it no longer counts as somebody who knocks. */
export function letIn({ conn }: Pick<Socket, 'conn'>): void {
  doors.get(conn)?.();
}

export function networkOf({ headers, socket }: IncomingMessage): string {
  return network(String(headers['x-lotse-address'] ?? socket.remoteAddress));
}
