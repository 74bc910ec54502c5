import type { IncomingMessage } from 'node:http';
import type { Socket } from 'socket.io';
import { network } from '#server/domain/attempts.ts';
import { Queue } from './queue.ts';

/** Connections of one network that nobody knows yet. An office that comes back after a restart takes turns. */
export const mostKnocking = 500;
/** And so many wait for their turn, of whom nothing is kept but the request. */
const mostWaiting = 5_000;
/** All networks together. */
const mostOutside = 20_000;
/** A page gives up before, and begins anew. */
const longestWaitMs = 30_000;

type Request = Pick<IncomingMessage, 'headers' | 'socket'>;

/** What to do once it is known whose a connection is. */
const known = new WeakMap<object, () => void>();

/**
 * Bounds what connections may cost before anybody knows whose they are. Who comes when all places are taken waits, and is neither
 * refused nor passed: to refuse a page costs as much as to let it in, and it would come again.
 */
export class Door {
  readonly #queue = new Queue(mostKnocking, mostWaiting);
  readonly #outside = new Set<Request['socket']>();

  /** Resolves when it is the request's turn; false where too many of its network wait. Never for one that went away. */
  async knock(request: Request): Promise<boolean> {
    if (this.#outside.size >= mostOutside) return false;
    const place = this.#queue.enter(networkOf(request));
    if (!place) return false;
    const { socket } = request;
    const late = setTimeout(() => socket.destroy(), longestWaitMs).unref();
    // A closed tab says goodbye, which alone closes no line that was upgraded.
    const left = () => socket.destroy();
    const gone = () => {
      clearTimeout(late);
      this.#outside.delete(socket);
      place.leave();
    };
    this.#outside.add(socket);
    socket.once('end', left);
    socket.once('close', gone);
    await place.turn;
    clearTimeout(late);
    this.#outside.delete(socket);
    socket.off('end', left);
    known.set(request, () => {
      socket.off('close', gone);
      place.leave();
    });
    return true;
  }

  /** Whoever waits outside is sent away. */
  close(): void {
    for (const socket of this.#outside) socket.destroy();
  }
}

/** It is known whose this is: it no longer counts as somebody who knocks. */
export function letIn({ conn }: Pick<Socket, 'conn'>): void {
  letInBy(conn.request);
}

/** The same where nothing but the request is at hand. */
export function letInBy(request: object): void {
  known.get(request)?.();
}

export function networkOf({ headers, socket }: Request): string {
  return network(String(headers['x-lotse-address'] ?? socket.remoteAddress));
}
