import type { LedgerRow } from '#server/domain/feed.ts';
import { rightsOf, rightsOfLinks } from '#server/domain/rights.ts';
import type { Ring } from './ring.ts';
import type { Seat } from './seat.ts';

/** The sockets of one workspace and when they may be in its rooms. */
export class Seats {
  readonly #workspaceId: string;
  readonly #all = new Set<Seat>();

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
  }

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  add(seat: Seat): void {
    this.#all.add(seat);
  }

  remove(seat: Seat): void {
    this.#all.delete(seat);
  }

  /** One query for all whose rights are not known, however many came at once. */
  async readRights(ring: Ring): Promise<void> {
    const unknown = [...this.#all].filter((seat) => !seat.isIn && !seat.rights);
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

  /**
   * Lets in those whose rights hold from the cursor on: they were read there, or later with no change of these rights in
   * between. Else what lies in between stays unsent: it is before a change of rights, after which they load a snapshot anyway.
   */
  admit(cursor: number, coming: readonly LedgerRow[] = []): void {
    const reach = coming.at(-1)?.seq ?? cursor;
    const changes = coming.filter((row) => row.type === 'access.changed');
    for (const seat of this.#all) {
      if (seat.isIn || !seat.rights) continue;
      const { seq, rooms } = seat.rights;
      const isChanged = () =>
        changes.some((row) => row.seq <= seq && row.audience.some((room) => rooms.includes(room)));
      // A link's own counter was read at its seq: what is before it is no news there.
      const isSoonEnough = seat.identity.kind === 'member' && seq <= reach && !isChanged();
      if (seq <= cursor || isSoonEnough) seat.admit(cursor);
    }
  }

  /** Puts out whom a change of rights concerns. */
  recall({ seq, audience }: LedgerRow): void {
    for (const seat of this.#all) {
      if (seat.identity.kind !== 'member') continue;
      const isConcerned = seat.isIn ? audience.some((room) => seat.rooms.has(room)) : (seat.rights?.seq ?? 0) < seq;
      if (isConcerned) seat.recall();
    }
  }

  endLinks(isOver: (link: { linkId: string; ticketId: string }) => boolean): void {
    for (const seat of this.#all) {
      if (seat.identity.kind === 'link' && isOver(seat.identity)) this.#end(seat, 'link.ended');
    }
  }

  #end(seat: Seat, code: string): void {
    this.#all.delete(seat);
    seat.end(code);
  }
}
