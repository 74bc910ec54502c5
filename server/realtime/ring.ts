import type { Frame } from '#lib/shared/board.ts';
import type { LedgerRow } from '#server/domain/feed.ts';
import { staffFrame, withoutText } from './frames.ts';

/** A staff event of the recent past, ready to be sent again. */
export type Entry = { seq: number; rooms: string[]; frame: Frame };

// A frame is about 1 KB in memory. More than this is slower to send and apply than a new snapshot.
export const ringLength = 4_000;

// Tickets whose present audience is known; all of those in the ring, and those that somebody looks at.
const knownTickets = 20_000;

/** The recent staff events of one workspace without a gap: everything after `from` is here. */
export class Ring {
  #entries: Entry[] = [];
  #from: number;
  readonly #last = new Map<string, number>();
  readonly #audiences = new Map<string, readonly string[]>();

  constructor(from: number) {
    this.#from = from;
  }

  get from(): number {
    return this.#from;
  }

  /** Takes the next event in. Returns it with the seq before it in each of its rooms, as far back as the ring knows. */
  add(row: LedgerRow): Entry {
    const entry = link(row, this.#last, this.#from);
    this.#entries.push(entry);
    if (row.ticketId && row.presentAudience) this.know(row.ticketId, row.presentAudience);
    if (this.#entries.length > ringLength * 1.25) this.#trim();
    return entry;
  }

  /** Puts older events before those that are here. */
  extend(rows: LedgerRow[], from: number): void {
    const seen = new Map<string, number>();
    this.#entries = [...rows.map((row) => link(row, seen, from)), ...this.#entries];
    this.#from = from;
    for (const row of rows) {
      if (row.ticketId && row.presentAudience && !this.#audiences.has(row.ticketId)) {
        this.#audiences.set(row.ticketId, row.presentAudience);
      }
    }
  }

  after(cursor: number): Entry[] {
    let low = 0;
    for (let high = this.#entries.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.seq ?? 0) > cursor) high = middle;
      else low = middle + 1;
    }
    return this.#entries.slice(low);
  }

  lastIn(room: string): number {
    return this.#last.get(room) ?? this.#from;
  }

  /** Who hears of a ticket now, as far as it was met. */
  audienceOf(ticket: string): readonly string[] | undefined {
    return this.#audiences.get(ticket);
  }

  know(ticket: string, audience: readonly string[]): void {
    this.#audiences.delete(ticket);
    this.#audiences.set(ticket, audience);
    if (this.#audiences.size <= knownTickets) return;
    const [oldest] = this.#audiences.keys();
    if (oldest) this.#audiences.delete(oldest);
  }

  /** The rooms of an event that may still read the ticket's words. */
  readers({ rooms, frame }: Entry): string[] {
    if (!frame.card) return rooms;
    const present = this.#audiences.get(frame.card.id) ?? [];
    return rooms.filter((room) => present.includes(room));
  }

  /** The event as somebody in these rooms may have it now; null when it is none of his. */
  frameFor(entry: Entry, rooms: ReadonlySet<string>): Frame | null {
    if (!entry.rooms.some((room) => rooms.has(room))) return null;
    return this.readers(entry).some((room) => rooms.has(room)) ? entry.frame : withoutText(entry.frame);
  }

  #trim(): void {
    const dropped = this.#entries.splice(0, this.#entries.length - ringLength);
    this.#from = dropped.at(-1)?.seq ?? this.#from;
  }
}

function link(row: LedgerRow, last: Map<string, number>, from: number): Entry {
  const prev = Object.fromEntries(row.audience.map((room) => [room, last.get(room) ?? from]));
  for (const room of row.audience) last.set(room, row.seq);
  return { seq: row.seq, rooms: row.audience, frame: staffFrame(row, prev) };
}
