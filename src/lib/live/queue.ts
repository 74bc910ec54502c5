import { z } from 'zod';
import type { Answer } from '#lib/shared/errors.ts';
import { commandDays } from '#lib/shared/limits.ts';

/** A command on its way: the id stays the same however often it is sent, so that it is done once. */
export type Call = { id: string; name: string; input: unknown; at: string };

/** What kept a command from arriving. It may have been done all the same: only the same id may be sent again. */
export class Unsent extends Error {
  override name = 'Unsent';
  /** False when the server was reached and failed: then trying ends some time. */
  readonly isAway: boolean;

  constructor(reason: string, isAway: boolean) {
    super(reason);
    this.isAway = isAway;
  }
}

/** @param isFirst no other attempt of it can be under way: what the server refuses need hold for no other */
export type Transport = (call: Call, isFirst: boolean) => Promise<Answer>;

const stored = z.object({
  id: z.uuid(),
  name: z.string(),
  input: z.unknown(),
  at: z.iso.datetime(),
  /** A tab that did not begin it sends it too. */
  isTakenUp: z.boolean().optional(),
});

/** Where unsent commands outlive a closed tab. Each under a key of its own: tabs must not overwrite each other's. */
export class Shelf {
  #prefix: string;
  #storage: Storage | undefined;

  constructor(owner: string, storage: Storage | undefined) {
    this.#prefix = `lotse:unsent:${owner}:`;
    this.#storage = storage;
  }

  put(call: Call, { isTakenUp = false } = {}): void {
    try {
      this.#storage?.setItem(this.#prefix + call.id, JSON.stringify(isTakenUp ? { ...call, isTakenUp } : call));
    } catch {
      // A full or forbidden storage: the queue in memory still holds it, and leaving the page asks first.
      this.#storage = undefined;
    }
  }

  remove(id: string): void {
    this.#storage?.removeItem(this.#prefix + id);
  }

  /** Another tab sends it too, or has done with it. */
  isTakenUp(id: string): boolean {
    if (!this.#storage) return false;
    const text = this.#storage.getItem(this.#prefix + id);
    return text === null || parse(text)?.isTakenUp === true;
  }

  /** What an earlier tab left behind, oldest first. The server remembers ids for some days: older ones would be done twice. */
  left(now = Date.now()): Call[] {
    return this.#all()
      .filter((call) => !isOld(call, now))
      .sort((a, b) => a.at.localeCompare(b.at));
  }

  /** Takes away what may no longer be sent, for somebody to be told. */
  takeOld(now = Date.now()): Call[] {
    const old = this.#all().filter((call) => isOld(call, now));
    for (const { id } of old) this.remove(id);
    return old;
  }

  #all(): Call[] {
    return this.#keys()
      .map((key) => parse(this.#storage?.getItem(key) ?? ''))
      .flatMap((kept) => (kept ? [kept.call] : []));
  }

  #keys(): string[] {
    const storage = this.#storage;
    if (!storage) return [];
    return Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '').filter((key) =>
      key.startsWith(this.#prefix),
    );
  }
}

function isOld({ at }: Call, now: number): boolean {
  return Date.parse(at) <= now - commandDays * 24 * 3_600_000;
}

function parse(text: string): { call: Call; isTakenUp: boolean } | null {
  try {
    const { id, name, input, at, isTakenUp = false } = stored.parse(JSON.parse(text));
    return { call: { id, name, input, at }, isTakenUp };
  } catch {
    // Not ours, or of another version: whoever wrote it still has it.
    return null;
  }
}
