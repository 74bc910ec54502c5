import type { LedgerRow } from '#server/domain/feed.ts';
import { rightsOf, rightsOfLinks } from '#server/domain/rights.ts';
import type { Ring } from './ring.ts';
import type { Seat } from './seat.ts';

/** The sockets of one workspace and when they may be in its rooms. */
export class Seats {
  readonly #workspaceId: string;
  readonly #all = new Set<Seat>();
  /** Those who are not in: new ones, and those whose rights changed. */
  readonly #waiting = new Set<Seat>();

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
  }

  get areWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** The rooms of the team in which somebody is; found here, since Socket.io knows them all together, of all workspaces. */
  staffRooms(): ReadonlySet<string> {
    const occupied = new Set<string>();
    for (const { identity, rooms } of this.#all) {
      if (identity.kind === 'member') for (const room of rooms) occupied.add(room);
    }
    return occupied;
  }

  add(seat: Seat): void {
    this.#all.add(seat);
    this.#waiting.add(seat);
  }

  remove(seat: Seat): void {
    this.#all.delete(seat);
    this.#waiting.delete(seat);
  }

  /** One query for all whose rights are not known, however many came at once. */
  async readRights(ring: Ring): Promise<void> {
    const unknown = [...this.#waiting].filter((seat) => !seat.rights);
    if (unknown.length === 0) return;
    const members = unknown.flatMap(({ identity }) => (identity.kind === 'member' ? [identity.memberId] : []));
    const links = unknown.flatMap(({ identity }) => (identity.kind === 'link' ? [identity.linkId] : []));
    const [ofMembers, ofLinks] = await Promise.all([
      members.length > 0 ? rightsOf(this.#workspaceId, members) : null,
      links.length > 0 ? rightsOfLinks(this.#workspaceId, links) : null,
    ]);
    for (const seat of unknown) {
      const { identity } = seat;
      if (identity.kind === 'member') {
        seat.rights = ofMembers?.get(identity.memberId) ?? null;
        if (!seat.rights) this.#end(seat, 'member.deactivated');
      } else {
        const rights = ofLinks?.get(identity.linkId) ?? null;
        if (rights) ring.know(rights.ticketId, rights.audience);
        else this.#end(seat, 'link.ended');
        seat.rights = rights;
      }
    }
  }

  /** From which event on the rights that were read hold, told by what comes next. */
  plan(cursor: number, coming: readonly LedgerRow[]): void {
    const reach = coming.at(-1)?.seq ?? cursor;
    const changes = coming.filter((row) => row.type === 'access.changed');
    for (const seat of this.#waiting) {
      if (!seat.rights) continue;
      const { seq, rooms } = seat.rights;
      // A link's own counter was read at its seq: what is before it is no news there.
      if (seat.identity.kind === 'link' || seq > reach) seat.holdsFrom = seq + 1;
      else seat.holdsFrom = changes.findLast((row) => row.seq <= seq && isHeardIn(rooms, row))?.seq ?? 0;
    }
  }

  /**
   * Lets in those whose rights hold from the next event on. What went out since their last change of rights and before the
   * next one stays unsent, and this next one is sent: it makes them load a snapshot anyway.
   */
  admit(cursor: number, next = cursor + 1): void {
    for (const seat of this.#waiting) {
      if (!seat.rights || seat.holdsFrom > next) continue;
      this.#waiting.delete(seat);
      seat.admit(cursor);
    }
  }

  /** Puts out whom a change of rights concerns, but for those whose rights were read after it. */
  recall(row: LedgerRow): void {
    for (const seat of this.#all) {
      if (seat.identity.kind !== 'member' || (seat.rights?.seq ?? 0) >= row.seq) continue;
      if (seat.isIn && !isHeardIn(seat.rooms, row)) continue;
      this.#waiting.add(seat);
      seat.recall();
    }
  }

  endLinks(isOver: (link: { linkId: string; ticketId: string }) => boolean): void {
    for (const seat of this.#all) {
      if (seat.identity.kind === 'link' && isOver(seat.identity)) this.#end(seat, 'link.ended');
    }
  }

  #end(seat: Seat, code: string): void {
    this.remove(seat);
    seat.end(code);
  }
}

const isHeardIn = (rooms: ReadonlySet<string>, { audience }: LedgerRow) => audience.some((room) => rooms.has(room));
