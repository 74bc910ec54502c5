import type { Looks, Online, People, Presence, Types } from '#lib/shared/wire.ts';
import { Roll } from './presence/roll.ts';
import { Visits } from './presence/visits.ts';
import { Typing } from './typing.ts';

/** One open page of a member. */
export type Visit = {
  workspaceId: string;
  memberId: string;
  /** Who hears of a ticket now. */
  audienceOf(ticket: string): readonly string[];
  /** Null where another process has it. */
  page: Page | null;
};

export type Page = {
  /** Its socket, which is not told what it said itself. */
  socketId: string;
  rooms(): ReadonlySet<string>;
  /** Presence went, or came back: all of it anew. */
  renew(presence: Presence): void;
};

/** Where presence is told; rooms are those of the one workspace. */
export type Voice = {
  /** Who came and went, in this order. */
  online(workspaceId: string, changes: readonly Online[]): void;
  /** Everybody who is there, where they became too many to be named, or few enough again. */
  people(workspaceId: string, people: People): void;
  looks(workspaceId: string, audience: readonly string[], looks: Looks): void;
  /** `except` is the socket of who types. */
  typing(workspaceId: string, to: { audience: readonly string[]; except: string | undefined }, types: Types): void;
  /** To the ticket's customers: that, never who. */
  teamTyping(workspaceId: string, ticket: string, isTyping: boolean): void;
};

/** Hears what happens on this process's own pages, to tell the other processes. */
export type Witness = {
  /** It came, or looks at another ticket. */
  changed(visit: Visit, ticket: string | null): void;
  left(visit: Visit): void;
};

/** A page that is loaded anew is back before this. */
const offlineAfterMs = 5_000;

const unknown: Presence = { isAvailable: false, online: [], looks: [], types: [] };

/**
 * Who is there, who looks at which ticket and who types: volatile, in this process's memory, never in the log. What other
 * processes tell (presence/sharing.ts) are visits like any other, without a page of ours.
 */
export class Attendance {
  readonly #voice: Voice;
  readonly typing: Typing;
  readonly #visits = new Visits();
  readonly #roll: Roll;
  /** Members whose last page went just now: still there for everybody. */
  readonly #leaving = new Map<string, { workspaceId: string; timer: NodeJS.Timeout }>();
  #isAvailable = true;
  witness: Witness | null = null;

  constructor(voice: Voice) {
    this.#voice = whenever(() => this.#isAvailable, voice);
    this.typing = new Typing(this.#voice);
    this.#roll = new Roll({ voice: this.#voice, namesIn: (workspaceId) => this.#onlineIn(workspaceId) });
  }

  arrive(visit: Visit, ticket: string | null = null): void {
    const wasThere = this.#visits.hasMember(visit.memberId);
    clearTimeout(this.#leaving.get(visit.memberId)?.timer);
    const wasLeaving = this.#leaving.delete(visit.memberId);
    this.#visits.put(visit, ticket);
    if (visit.page) this.witness?.changed(visit, ticket);
    if (!wasThere && !wasLeaving) this.#announce(visit, true);
    if (ticket) this.#tellLooks(visit, ticket);
  }

  depart(visit: Visit, { graceMs = offlineAfterMs } = {}): void {
    const ticket = this.#visits.ticketOf(visit);
    if (!this.#visits.remove(visit)) return;
    if (visit.page) this.witness?.left(visit);
    this.typing.stop(visit);
    if (ticket) this.#tellLooks(visit, ticket);
    if (this.#visits.hasMember(visit.memberId) || this.#leaving.has(visit.memberId)) return;
    const timer = setTimeout(() => {
      this.#leaving.delete(visit.memberId);
      this.#announce(visit, false);
    }, graceMs);
    this.#leaving.set(visit.memberId, { workspaceId: visit.workspaceId, timer: timer.unref() });
  }

  /** Called once it is known that this member may see the ticket. */
  look(visit: Visit, ticket: string | null): void {
    const before = this.#visits.ticketOf(visit);
    if (before === undefined || before === ticket) return;
    this.#visits.put(visit, ticket);
    if (visit.page) this.witness?.changed(visit, ticket);
    this.typing.stop(visit);
    if (before) this.#tellLooks(visit, before);
    if (ticket) this.#tellLooks(visit, ticket);
  }

  /** Somebody has it open, here or in another process. */
  isAttended(workspaceId: string, ticket: string): boolean {
    return this.#visits.at(workspaceId, ticket).length > 0;
  }

  lookedAt(visit: Visit): string | null {
    return this.#visits.ticketOf(visit) ?? null;
  }

  /** After a change of sight: who no longer sees the ticket looks at nothing, and whoever sees it now learns who else does. */
  sightChanged(workspaceId: string, ticket: string): void {
    const looking = this.#visits.at(workspaceId, ticket);
    for (const visit of looking) this.recheck(visit);
    const [first] = looking;
    if (first) this.#tellLooks(first, ticket);
  }

  /** After a change of this member's rights. Another process looks after its own. */
  recheck(visit: Visit): void {
    const ticket = this.#visits.ticketOf(visit);
    if (ticket && visit.page && !sees(visit.page, visit.audienceOf(ticket))) this.look(visit, null);
  }

  /** What somebody who just came may know. */
  seenBy(visit: Visit, page: Page): Presence {
    if (!this.#isAvailable) return unknown;
    const { workspaceId } = visit;
    const isCrowd = this.#roll.isCrowd(workspaceId);
    const tickets = [...this.#visits.ticketsIn(workspaceId)].filter((ticket) => sees(page, visit.audienceOf(ticket)));
    return {
      isAvailable: true,
      ...(isCrowd ? { isCrowd, online: [] } : { online: this.#onlineIn(workspaceId) }),
      looks: tickets.map((ticket) => this.#looksAt(workspaceId, ticket)),
      types: this.typing.now(workspaceId).filter(({ ticket }) => sees(page, visit.audienceOf(ticket))),
    };
  }

  /** This process's own pages in a workspace and what they look at. */
  *pagesIn(workspaceId: string): Generator<[Visit, string | null]> {
    for (const visit of this.#visits.in(workspaceId)) {
      if (visit.page) yield [visit, this.#visits.ticketOf(visit) ?? null];
    }
  }

  /** While the other processes cannot be heard, half a truth is told to nobody. */
  setAvailable(isAvailable: boolean): void {
    if (this.#isAvailable === isAvailable) return;
    this.#isAvailable = isAvailable;
    for (const visit of this.#visits.all()) visit.page?.renew(this.seenBy(visit, visit.page));
  }

  stop(): void {
    this.#leaving.forEach(({ timer }) => clearTimeout(timer));
    this.typing.clear();
    this.#roll.clear();
  }

  #announce({ workspaceId, memberId }: Visit, isOnline: boolean): void {
    this.#roll.tell(workspaceId, { member: memberId, isOnline }, this.#visits.countIn(workspaceId));
  }

  #onlineIn(workspaceId: string): string[] {
    const online = new Set(this.#visits.membersIn(workspaceId));
    // Told to be there and not yet to be gone: should he be back in time, nobody says it again.
    for (const [memberId, left] of this.#leaving) if (left.workspaceId === workspaceId) online.add(memberId);
    return [...online];
  }

  #tellLooks(visit: Visit, ticket: string): void {
    this.#voice.looks(visit.workspaceId, visit.audienceOf(ticket), this.#looksAt(visit.workspaceId, ticket));
  }

  #looksAt(workspaceId: string, ticket: string): Looks {
    return { ticket, members: [...new Set(this.#visits.at(workspaceId, ticket).map(({ memberId }) => memberId))] };
  }
}

function sees(page: Page, audience: readonly string[]): boolean {
  const rooms = page.rooms();
  return audience.some((room) => rooms.has(room));
}

function whenever(isSo: () => boolean, voice: Voice): Voice {
  return {
    online: (...told) => void (isSo() && voice.online(...told)),
    people: (...told) => void (isSo() && voice.people(...told)),
    looks: (...told) => void (isSo() && voice.looks(...told)),
    typing: (...told) => void (isSo() && voice.typing(...told)),
    teamTyping: (...told) => void (isSo() && voice.teamTyping(...told)),
  };
}
