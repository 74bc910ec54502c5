import { network } from '#server/domain/attempts.ts';

/** Who is connected to the port for direct delivery: how often each network is, and how many wrong addresses each named. */
export class Peers {
  readonly #most: number;
  readonly #connected = new Map<string, { from: string; misses: number }>();

  /** At most so many connections of one network. */
  constructor(most: number) {
    this.#most = most;
  }

  /** False when there are too many of this network already. */
  enter(session: string, address: string): boolean {
    const from = network(address);
    const others = [...this.#connected.values()].filter((each) => each.from === from);
    if (others.length >= this.#most) return false;
    this.#connected.set(session, { from, misses: 0 });
    return true;
  }

  leave(session: string): void {
    this.#connected.delete(session);
  }

  misses(session: string): number {
    return this.#connected.get(session)?.misses ?? 0;
  }

  missed(session: string): void {
    const known = this.#connected.get(session);
    if (known) known.misses++;
  }
}
