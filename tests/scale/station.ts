import type { Clockwork } from './clockwork.ts';

/** Servers that take jobs first come, first served: the cores of a database, the one thread of a process, a lock. */
export class Station {
  /** Milliseconds of work done and planned. */
  busyMs = 0;
  readonly servers: number;
  readonly #clock: Clockwork;
  readonly #freeAt: number[];

  constructor(clock: Clockwork, servers = 1) {
    this.#clock = clock;
    this.servers = servers;
    this.#freeAt = Array.from({ length: servers }, () => 0);
  }

  /** @returns when the job begins */
  serve(ms: number, done?: (endedAt: number) => void): number {
    let first = 0;
    for (let i = 1; i < this.servers; i++) if ((this.#freeAt[i] ?? 0) < (this.#freeAt[first] ?? 0)) first = i;
    const begin = Math.max(this.#clock.now, this.#freeAt[first] ?? 0);
    this.#freeAt[first] = begin + ms;
    this.busyMs += ms;
    if (done) this.#clock.at(begin + ms, () => done(begin + ms));
    return begin;
  }
}

/** So many at once and no more: the connections of a process. */
export class Gate {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** `work` gets what gives the place back. */
  enter(work: (leave: () => void) => void): void {
    const begin = () => work(() => this.#leave());
    if (this.#free === 0) return void this.#waiting.push(begin);
    this.#free--;
    begin();
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
