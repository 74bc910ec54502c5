import type { Visit } from '../presence.ts';

/** Who is there and who looks where, found without walking through everybody. */
export class Visits {
  readonly #all = new Map<Visit, string | null>();
  readonly #arrivals = new WeakMap<Visit, number>();
  #lastArrival = 0;
  readonly #ofMember = new Map<string, Set<Visit>>();
  readonly #ofWorkspace = new Map<string, Set<Visit>>();
  readonly #atTicket = new Map<string, Set<Visit>>();

  put(visit: Visit, ticket: string | null): void {
    const before = this.#all.get(visit);
    if (before) drop(this.#atTicket, `${visit.workspaceId} ${before}`, visit);
    this.#all.set(visit, ticket);
    if (before === undefined) this.#arrivals.set(visit, ++this.#lastArrival);
    add(this.#ofMember, visit.memberId, visit);
    add(this.#ofWorkspace, visit.workspaceId, visit);
    if (ticket) add(this.#atTicket, `${visit.workspaceId} ${ticket}`, visit);
  }

  remove(visit: Visit): boolean {
    const ticket = this.#all.get(visit);
    if (!this.#all.delete(visit)) return false;
    drop(this.#ofMember, visit.memberId, visit);
    drop(this.#ofWorkspace, visit.workspaceId, visit);
    if (ticket) drop(this.#atTicket, `${visit.workspaceId} ${ticket}`, visit);
    return true;
  }

  /** Null looks at nothing, undefined is not there. */
  ticketOf(visit: Visit): string | null | undefined {
    return this.#all.get(visit);
  }

  hasMember(memberId: string): boolean {
    return this.#ofMember.has(memberId);
  }

  all(): Iterable<Visit> {
    return this.#all.keys();
  }

  in(workspaceId: string): ReadonlySet<Visit> {
    return this.#ofWorkspace.get(workspaceId) ?? nobody;
  }

  /** In the order in which they came. */
  at(workspaceId: string, ticket: string): Visit[] {
    const looking = this.#atTicket.get(`${workspaceId} ${ticket}`) ?? nobody;
    return [...looking].sort((a, b) => this.#arrivalOf(a) - this.#arrivalOf(b));
  }

  #arrivalOf(visit: Visit): number {
    return this.#arrivals.get(visit) ?? 0;
  }
}

const nobody: ReadonlySet<Visit> = new Set();

function add(index: Map<string, Set<Visit>>, key: string, visit: Visit): void {
  const found = index.get(key);
  if (found) found.add(visit);
  else index.set(key, new Set([visit]));
}

function drop(index: Map<string, Set<Visit>>, key: string, visit: Visit): void {
  const found = index.get(key);
  if (found?.delete(visit) && found.size === 0) index.delete(key);
}
