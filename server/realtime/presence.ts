import type { Looks, Presence, Types } from '#lib/shared/wire.ts';
import { Typing } from './typing.ts';

/** One open page of a member. */
export type Visit = {
  workspaceId: string;
  memberId: string;
  /** Its socket, which is not told what it said itself. */
  socketId: string;
  rooms(): ReadonlySet<string>;
  /** Who hears of a ticket now. */
  audienceOf(ticket: string): readonly string[];
};

/** Where presence is told; rooms are those of the one workspace. */
export type Voice = {
  online(workspaceId: string, change: { member: string; isOnline: boolean }): void;
  looks(workspaceId: string, audience: readonly string[], looks: Looks): void;
  /** `except` is the socket of who types. */
  typing(workspaceId: string, to: { audience: readonly string[]; except: string | undefined }, types: Types): void;
  /** To the ticket's customers: that, never who. */
  teamTyping(workspaceId: string, ticket: string, isTyping: boolean): void;
};

/** A page that is loaded anew is back before this. */
const offlineAfterMs = 5_000;

/**
 * Who is there, who looks at which ticket and who types: volatile, in this process's memory, never in the log. Several
 * processes would share it through Redis behind these same methods.
 */
export class Attendance {
  readonly #voice: Voice;
  readonly typing: Typing;
  readonly #visits = new Map<Visit, string | null>();
  readonly #leaving = new Map<string, NodeJS.Timeout>();

  constructor(voice: Voice) {
    this.#voice = voice;
    this.typing = new Typing(voice);
  }

  arrive(visit: Visit): void {
    const wasThere = this.#isThere(visit);
    clearTimeout(this.#leaving.get(visit.memberId));
    const wasLeaving = this.#leaving.delete(visit.memberId);
    this.#visits.set(visit, null);
    if (!wasThere && !wasLeaving) this.#announce(visit, true);
  }

  depart(visit: Visit): void {
    const ticket = this.#visits.get(visit) ?? null;
    if (!this.#visits.delete(visit)) return;
    this.typing.stop(visit);
    if (ticket) this.#tellLooks(visit, ticket);
    if (this.#isThere(visit) || this.#leaving.has(visit.memberId)) return;
    const timer = setTimeout(() => {
      this.#leaving.delete(visit.memberId);
      this.#announce(visit, false);
    }, offlineAfterMs);
    this.#leaving.set(visit.memberId, timer.unref());
  }

  /** Called once it is known that this member may see the ticket. */
  look(visit: Visit, ticket: string | null): void {
    const before = this.#visits.get(visit);
    if (before === undefined || before === ticket) return;
    this.#visits.set(visit, ticket);
    this.typing.stop(visit);
    if (before) this.#tellLooks(visit, before);
    if (ticket) this.#tellLooks(visit, ticket);
  }

  lookedAt(visit: Visit): string | null {
    return this.#visits.get(visit) ?? null;
  }

  /** After a change of sight: who no longer sees the ticket looks at nothing, and whoever sees it now learns who else does. */
  sightChanged(workspaceId: string, ticket: string): void {
    const looking = [...this.#visits].filter(([visit, at]) => at === ticket && visit.workspaceId === workspaceId);
    for (const [visit] of looking) this.recheck(visit);
    const [first] = looking;
    if (first) this.#tellLooks(first[0], ticket);
  }

  /** After a change of this member's rights. */
  recheck(visit: Visit): void {
    const ticket = this.#visits.get(visit);
    if (ticket && !sees(visit, ticket)) this.look(visit, null);
  }

  /** What somebody who just came may know. */
  seenBy(visit: Visit): Presence {
    const colleagues = [...this.#visits].filter(([other]) => other.workspaceId === visit.workspaceId);
    const online = new Set(colleagues.map(([other]) => other.memberId));
    const tickets = new Set(colleagues.flatMap(([, ticket]) => (ticket && sees(visit, ticket) ? [ticket] : [])));
    return {
      online: [...online],
      looks: [...tickets].map((ticket) => this.#looksAt(visit.workspaceId, ticket)),
      types: this.typing.now(visit.workspaceId).filter(({ ticket }) => sees(visit, ticket)),
    };
  }

  stop(): void {
    this.#leaving.forEach((timer) => clearTimeout(timer));
    this.typing.clear();
  }

  #isThere({ memberId }: Visit): boolean {
    return this.#visits.keys().some((visit) => visit.memberId === memberId);
  }

  #announce({ workspaceId, memberId }: Visit, isOnline: boolean): void {
    this.#voice.online(workspaceId, { member: memberId, isOnline });
  }

  #tellLooks({ workspaceId, audienceOf }: Visit, ticket: string): void {
    this.#voice.looks(workspaceId, audienceOf(ticket), this.#looksAt(workspaceId, ticket));
  }

  #looksAt(workspaceId: string, ticket: string): Looks {
    const looking = [...this.#visits].filter(([visit, at]) => at === ticket && visit.workspaceId === workspaceId);
    return { ticket, members: [...new Set(looking.map(([visit]) => visit.memberId))] };
  }
}

function sees(visit: Visit, ticket: string): boolean {
  const rooms = visit.rooms();
  return visit.audienceOf(ticket).some((room) => rooms.has(room));
}
