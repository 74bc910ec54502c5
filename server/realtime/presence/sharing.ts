import { audiencesOf } from '#server/domain/rights.ts';
import { reportUnexpected } from '#server/log.ts';
import type { Bus } from '../bus.ts';
import type { Channel } from '../channel.ts';
import type { Feed } from '../feed.ts';
import type { Attendance, Visit } from '../presence.ts';
import { Elsewhere } from './elsewhere.ts';
import { Hearing } from './hearing.ts';
import { beatMs, channelOf, words, type SaidVisit, type Words } from './words.ts';

type Parts = { bus: Bus; feed: Feed; attendance: Attendance };

/** A workspace with viewers here, and what the other processes say of it. */
type Open = { elsewhere: Elsewhere; hearing: Hearing; unhear: () => void };

/**
 * Presence of several processes: each tells the others of its own pages and keeps theirs as visits without a page. A process
 * that is heard no more is forgotten (elsewhere.ts); nothing is kept in Redis.
 */
export class Sharing {
  readonly #parts: Parts;
  readonly #open = new Map<string, Open>();
  readonly #ids = new WeakMap<Visit, string>();
  #lastId = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(parts: Parts) {
    const { bus, feed, attendance } = (this.#parts = parts);
    attendance.setAvailable(false);
    attendance.witness = {
      changed: (visit, ticket) => this.#say(visit.workspaceId, { kind: 'visit', visit: this.#said(visit, ticket) }),
      left: (visit) => this.#say(visit.workspaceId, { kind: 'gone', id: this.#idOf(visit) }),
    };
    attendance.typing.witness = ({ workspaceId, ticket, visit }, where) =>
      this.#say(workspaceId, { kind: 'typing', id: visit && this.#idOf(visit), ticket, where });
    feed.follow({ opened: (channel) => this.#begin(channel), closed: (workspaceId) => this.#end(workspaceId) });
    bus.follow({ up: () => this.#up(), down: () => this.#down() });
    this.#timer = setInterval(() => this.#beat(), beatMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    // The others need not wait until they miss us: a restart looks like a page that is loaded anew.
    for (const workspaceId of this.#open.keys()) this.#say(workspaceId, { kind: 'all', visits: [], asks: false });
  }

  #begin(channel: Channel): void {
    const { workspaceId } = channel;
    const elsewhere = new Elsewhere(this.#parts.attendance, channel);
    const unhear = this.#parts.bus.hear(channelOf(workspaceId), (said, from) => this.#heard(workspaceId, said, from));
    // Asked again after each wait: whom this one takes in once the workspace is read no more, nobody would ever forget.
    const isHeard = () => this.#parts.bus.isUp && this.#open.get(workspaceId)?.elsewhere === elsewhere;
    const hearing = new Hearing(async (from, heard) => {
      try {
        if (isHeard()) await learn(channel, heard);
        if (isHeard()) elsewhere.take(from, heard);
      } catch (error) {
        // Most often the database is away: the next beat says it all again.
        reportUnexpected(error, { part: 'presence', workspaceId });
      }
    });
    this.#open.set(workspaceId, { elsewhere, hearing, unhear });
    this.#sayAll(workspaceId, { asks: true });
  }

  #end(workspaceId: string): void {
    const open = this.#open.get(workspaceId);
    if (!this.#open.delete(workspaceId)) return;
    open?.unhear();
    open?.elsewhere.forgetAll();
  }

  #up(): void {
    this.#parts.attendance.setAvailable(true);
    for (const workspaceId of this.#open.keys()) this.#sayAll(workspaceId, { asks: true });
  }

  /** Those who are elsewhere are there again with their next word; meanwhile nobody is told anything. */
  #down(): void {
    this.#parts.attendance.setAvailable(false);
    for (const { elsewhere } of this.#open.values()) elsewhere.forgetAll();
  }

  #beat(): void {
    for (const [workspaceId, { elsewhere }] of this.#open) {
      elsewhere.forgetSilent();
      this.#sayAll(workspaceId, { asks: false });
    }
  }

  #heard(workspaceId: string, said: unknown, from: string): void {
    const parsed = words.safeParse(said);
    const open = this.#open.get(workspaceId);
    if (!parsed.success || !open) return;
    const heard = parsed.data;
    if (heard.kind === 'all' && heard.asks) this.#sayAll(workspaceId, { asks: false });
    open.hearing.hear(from, heard);
  }

  #sayAll(workspaceId: string, { asks }: { asks: boolean }): void {
    const visits = [...this.#parts.attendance.pagesIn(workspaceId)].map(([visit, at]) => this.#said(visit, at));
    this.#say(workspaceId, { kind: 'all', visits, asks });
  }

  #say(workspaceId: string, said: Words): void {
    this.#parts.bus.tell(channelOf(workspaceId), said);
  }

  #said(visit: Visit, ticket: string | null): SaidVisit {
    return { id: this.#idOf(visit), member: visit.memberId, ticket };
  }

  #idOf(visit: Visit): string {
    const id = this.#ids.get(visit) ?? String(++this.#lastId);
    this.#ids.set(visit, id);
    return id;
  }
}

/** Who hears of a ticket must be known before anything is told about it; the feed knows those it met. */
async function learn({ workspaceId, ring }: Channel, heard: Words): Promise<void> {
  const unknown = ticketsIn(heard).filter((ticket) => !ring.audienceOf(ticket));
  if (unknown.length === 0) return;
  for (const [ticket, audience] of await audiencesOf(workspaceId, unknown)) {
    if (!ring.audienceOf(ticket)) ring.know(ticket, audience);
  }
}

function ticketsIn(heard: Words): string[] {
  if (heard.kind === 'all') return heard.visits.flatMap(({ ticket }) => ticket ?? []);
  if (heard.kind === 'visit') return heard.visit.ticket ? [heard.visit.ticket] : [];
  return heard.kind === 'typing' ? [heard.ticket] : [];
}
