import { rooms } from '#server/domain/events.ts';
import type { Rights } from '#server/domain/rights.ts';

export type Identity = { kind: 'member'; memberId: string } | { kind: 'link'; linkId: string; ticketId: string };

/** What a seat does with its socket. */
export type Door = {
  enter(rooms: ReadonlySet<string>, seq: number): void;
  /** Out of all rooms but these. */
  leave(kept: ReadonlySet<string>): void;
  end(code: string): void;
};

const nowhere: ReadonlySet<string> = new Set();

/**
 * One socket's place in a workspace: registered first, then its rights are read, then it is let into the rooms once the feed
 * is where the rights were read. A change of rights puts it out until they were read anew.
 */
export class Seat {
  readonly identity: Identity;
  rooms = nowhere;
  /** Read, but not yet in force: the feed is still before their seq. */
  rights: (Rights & { customerSeq?: number }) | null = null;
  /** The first event for which the rights that were read hold. */
  holdsFrom = 0;
  isIn = false;
  #door: Door;
  /** Made for the first who waits. */
  #entered: PromiseWithResolvers<void> | undefined;

  constructor(identity: Identity, door: Door) {
    this.identity = identity;
    this.#door = door;
  }

  /** Resolves when it is in; a seat that ended never is. */
  get entered(): Promise<void> {
    if (this.isIn) return Promise.resolve();
    this.#entered ??= Promise.withResolvers();
    return this.#entered.promise;
  }

  admit(seq: number): void {
    this.rooms = this.rights?.rooms ?? nowhere;
    this.isIn = true;
    this.#door.enter(this.rooms, seq);
    this.#entered?.resolve();
    this.#entered = undefined;
  }

  /** Tells it once more where it stands: it was passed over, and catches up. */
  remind(seq: number): void {
    if (this.isIn) this.#door.enter(this.rooms, seq);
  }

  /** Out of the rooms until the rights were read again, which is before anything more is sent; what is a member's in any case stays. */
  recall(): void {
    this.rights = null;
    if (!this.isIn) return;
    this.isIn = false;
    this.rooms = new Set(this.identity.kind === 'member' ? [rooms.staff, rooms.member(this.identity.memberId)] : []);
    this.#door.leave(this.rooms);
  }

  end(code: string): void {
    this.#door.end(code);
  }
}
