export type LaneLimits = {
  /** So many at once. */
  width: number;
  /** So many of one workspace at once: what one of them holds up leaves room for the others. */
  perWorkspace: number;
  /** Whoever comes when so many wait is refused at once: the process could not keep them in memory for ever. */
  mostWaiting: number;
  /** Nobody waits longer; the sentence on his screen asks him to try again. */
  mostWaitMs: number;
};

type Waiting = { go(): void };

/**
 * A plain error with a code (see fault.ts): the lane hangs on the process and refuses callers of both copies of our code, the
 * server's and the web bundle's, and each knows only its own classes.
 */
const refusal = () => Object.assign(new Error('The writers’ lane is full'), { code: 'LANE_FULL' });

/**
 * Writers take turns, so that those who wait for one lock never hold all connections while others only want to read. The
 * workspaces take turns, too, each in the order in which its writers came.
 */
export class Lane {
  readonly #limits: LaneLimits;
  /** Of each workspace with anybody in it; the order is whose turn is next. */
  readonly #queues = new Map<string, Set<Waiting>>();
  readonly #inside = new Map<string, number>();
  #running = 0;
  #waiting = 0;

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  /** @throws Error with the code `LANE_FULL` when it is not his turn in time */
  async run<T>(workspace: string, work: () => Promise<T>): Promise<T> {
    if (this.#hasRoom(workspace)) this.#enter(workspace);
    else await this.#turn(workspace);
    try {
      return await work();
    } finally {
      this.#leave(workspace);
    }
  }

  #hasRoom(workspace: string): boolean {
    const { width, perWorkspace } = this.#limits;
    return this.#running < width && (this.#inside.get(workspace) ?? 0) < perWorkspace;
  }

  #enter(workspace: string): void {
    this.#running++;
    this.#inside.set(workspace, (this.#inside.get(workspace) ?? 0) + 1);
  }

  #turn(workspace: string): Promise<void> {
    if (this.#waiting >= this.#limits.mostWaiting) throw refusal();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const queue = this.#queues.get(workspace) ?? new Set();
    this.#queues.set(workspace, queue);
    const timer = setTimeout(() => {
      this.#drop(workspace, waiting);
      reject(refusal());
    }, this.#limits.mostWaitMs);
    const waiting: Waiting = {
      go: () => {
        clearTimeout(timer);
        this.#drop(workspace, waiting);
        this.#enter(workspace);
        resolve();
      },
    };
    queue.add(waiting);
    this.#waiting++;
    return promise;
  }

  #drop(workspace: string, waiting: Waiting): void {
    const queue = this.#queues.get(workspace);
    if (!queue?.delete(waiting)) return;
    this.#waiting--;
    this.#queues.delete(workspace);
    // Behind the others.
    if (queue.size > 0) this.#queues.set(workspace, queue);
  }

  #leave(workspace: string): void {
    this.#running--;
    const inside = (this.#inside.get(workspace) ?? 1) - 1;
    if (inside > 0) this.#inside.set(workspace, inside);
    else this.#inside.delete(workspace);
    for (const [next, queue] of this.#queues) {
      if (!this.#hasRoom(next)) continue;
      const [first] = queue;
      first?.go();
      return;
    }
  }
}
