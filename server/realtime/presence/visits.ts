import type { Visit } from '../presence.ts';

/** Who is there and who looks where, found without walking through everybody. */
export class Visits {
  readonly #all = new Map<Visit, string | null>();
  readonly #arrivals = new WeakMap<Visit, number>();
  #lastArrival = 0;
  readonly #ofMember = new Map<string, Set<Visit>>();
  readonly #ofWorkspace = new Map<string, Set<Visit>>();
  readonly #atTicket = new Map<string, Set<Visit>>();
  /** How many visits of a workspace are each member's, and look at each ticket: who comes is told without a walk through all. */
  readonly #members = new Map<string, Map<string, number>>();
  readonly #tickets = new Map<string, Map<string, number>>();

  put(visit: Visit, ticket: string | null): void {
    const before = this.#all.get(visit);
    if (before) this.#turnFrom(visit, before);
    this.#all.set(visit, ticket);
    if (before === undefined) {
      this.#arrivals.set(visit, ++this.#lastArrival);
      count(this.#members, visit.workspaceId, { of: visit.memberId, by: 1 });
    }
    add(this.#ofMember, visit.memberId, visit);
    add(this.#ofWorkspace, visit.workspaceId, visit);
    if (!ticket) return;
    add(this.#atTicket, `${visit.workspaceId} ${ticket}`, visit);
    count(this.#tickets, visit.workspaceId, { of: ticket, by: 1 });
  }

  remove(visit: Visit): boolean {
    const ticket = this.#all.get(visit);
    if (!this.#all.delete(visit)) return false;
    drop(this.#ofMember, visit.memberId, visit);
    drop(this.#ofWorkspace, visit.workspaceId, visit);
    count(this.#members, visit.workspaceId, { of: visit.memberId, by: -1 });
    if (ticket) this.#turnFrom(visit, ticket);
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

  membersIn(workspaceId: string): Iterable<string> {
    return this.#members.get(workspaceId)?.keys() ?? [];
  }

  /** How many members are there. */
  countIn(workspaceId: string): number {
    return this.#members.get(workspaceId)?.size ?? 0;
  }

  /** What somebody looks at. */
  ticketsIn(workspaceId: string): Iterable<string> {
    return this.#tickets.get(workspaceId)?.keys() ?? [];
  }

  in(workspaceId: string): ReadonlySet<Visit> {
    return this.#ofWorkspace.get(workspaceId) ?? nobody;
  }

  /** In the order in which they came. */
  at(workspaceId: string, ticket: string): Visit[] {
    const looking = this.#atTicket.get(`${workspaceId} ${ticket}`) ?? nobody;
    return [...looking].sort((a, b) => this.#arrivalOf(a) - this.#arrivalOf(b));
  }

  #turnFrom(visit: Visit, ticket: string): void {
    drop(this.#atTicket, `${visit.workspaceId} ${ticket}`, visit);
    count(this.#tickets, visit.workspaceId, { of: ticket, by: -1 });
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

type Change = { of: string; by: 1 | -1 };

function count(counts: Map<string, Map<string, number>>, workspaceId: string, { of: key, by: more }: Change): void {
  const known = counts.get(workspaceId) ?? new Map<string, number>();
  const sum = (known.get(key) ?? 0) + more;
  if (sum > 0) known.set(key, sum);
  else known.delete(key);
  if (known.size > 0) counts.set(workspaceId, known);
  else counts.delete(workspaceId);
}
