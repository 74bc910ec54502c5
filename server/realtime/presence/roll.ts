import type { Voice } from '../presence.ts';

type Change = { member: string; isOnline: boolean };

/** A burst of comings and goings is told in few messages. */
const gatherMs = 200;

/**
 * Nobody reads more names than this, and telling each of each grows with the square: five thousand who come back after a restart
 * would be told twelve million times of each other. Beyond it nobody is told who is there, only who looks at what and types.
 */
export const namesUpTo = { most: 500, again: 400 };

type Options = { voice: Pick<Voice, 'online' | 'people'>; namesIn: (workspaceId: string) => string[] };

/** Tells who comes and who goes: the first at once, those who follow closely together, and a crowd not by name. */
export class Roll {
  readonly #options: Options;
  readonly #waiting = new Map<string, { changes: Change[]; timer: NodeJS.Timeout }>();
  readonly #crowds = new Set<string>();

  constructor(options: Options) {
    this.#options = options;
  }

  isCrowd(workspaceId: string): boolean {
    return this.#crowds.has(workspaceId);
  }

  /** @param count how many are there now */
  tell(workspaceId: string, change: Change, count: number): void {
    const wasCrowd = this.#crowds.has(workspaceId);
    const isCrowd = count > (wasCrowd ? namesUpTo.again : namesUpTo.most);
    if (isCrowd !== wasCrowd) this.#become(workspaceId, isCrowd);
    else if (!isCrowd) this.#gather(workspaceId, change);
  }

  clear(): void {
    this.#waiting.forEach(({ timer }) => clearTimeout(timer));
    this.#waiting.clear();
  }

  #become(workspaceId: string, isCrowd: boolean): void {
    if (isCrowd) this.#crowds.add(workspaceId);
    else this.#crowds.delete(workspaceId);
    const waiting = this.#waiting.get(workspaceId);
    // What is told now is all there is.
    if (waiting) waiting.changes = [];
    this.#options.voice.people(
      workspaceId,
      isCrowd ? { isCrowd, online: [] } : { isCrowd, online: this.#options.namesIn(workspaceId) },
    );
  }

  #gather(workspaceId: string, change: Change): void {
    const waiting = this.#waiting.get(workspaceId);
    if (waiting) return void waiting.changes.push(change);
    this.#options.voice.online(workspaceId, [change]);
    const timer = setTimeout(() => this.#flush(workspaceId), gatherMs).unref();
    this.#waiting.set(workspaceId, { changes: [], timer });
  }

  #flush(workspaceId: string): void {
    const waiting = this.#waiting.get(workspaceId);
    if (!waiting || waiting.changes.length === 0) return void this.#waiting.delete(workspaceId);
    this.#options.voice.online(workspaceId, waiting.changes);
    waiting.changes = [];
    waiting.timer = setTimeout(() => this.#flush(workspaceId), gatherMs).unref();
  }
}
