import { eventsAfter, heads, type LedgerRow } from '#server/domain/feed.ts';
import { reportUnexpected } from '#server/log.ts';
import { customerFrame, withoutText } from './frames.ts';
import type { Outlet } from './outlet.ts';
import { Ring } from './ring.ts';
import { Seats } from './seats.ts';

export type Observer = (workspaceId: string, row: LedgerRow) => void;

type Options = {
  workspaceId: string;
  outlets: { staff: Outlet; customers: Outlet };
  /** Told of each event after it went out. */
  observe: Observer;
};

const batch = 500;

/** The feed of one workspace that has viewers: reads the ledger from its cursor on and hands each event to its rooms. */
export class Channel {
  readonly workspaceId: string;
  readonly seats: Seats;
  ring = new Ring(0);
  /** Everything up to here went out. */
  cursor = 0;
  readonly #options: Options;
  #reading: Promise<void> | undefined;
  #again = false;
  #beaten = 0;
  readonly #talking = new Map<string, number>();

  private constructor(options: Options) {
    this.workspaceId = options.workspaceId;
    this.seats = new Seats(options.workspaceId);
    this.#options = options;
  }

  /** Starts a little before now, so that those who come back find in memory what they missed. */
  static async open(options: Options): Promise<Channel> {
    const { workspaceId } = options;
    const channel = new Channel(options);
    const head = (await heads([workspaceId])).get(workspaceId) ?? 0;
    const from = Math.max(0, head - batch);
    const rows = await eventsAfter({ workspaceId, after: from, most: batch });
    channel.ring = new Ring(from);
    for (const row of rows) if (row.class === 'staff') channel.ring.add(row);
    channel.cursor = channel.#beaten = rows.at(-1)?.seq ?? from;
    return channel;
  }

  /** Reads what is new. Calls that come meanwhile are answered by one more reading. Never throws: the next poll tries again. */
  read(): Promise<void> {
    this.#again = true;
    this.#reading ??= this.#run();
    return this.#reading;
  }

  /** Resolves when nothing is being read. */
  async quiet(): Promise<void> {
    await this.#reading;
  }

  async #run(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        await this.#readOn();
      }
    } catch (error) {
      reportUnexpected(error, { part: 'feed', workspaceId: this.workspaceId });
    } finally {
      // In the same breath as the last look at `again`: who asks a moment later would be told of a reading that is over.
      this.#reading = undefined;
    }
  }

  async #readOn(): Promise<void> {
    await this.seats.readRights(this.ring);
    const rows = await eventsAfter({ workspaceId: this.workspaceId, after: this.cursor, most: batch });
    this.#again ||= rows.length === batch;
    this.seats.plan(this.cursor, rows);
    for (const row of rows) {
      this.seats.admit(this.cursor, row.seq);
      this.#deliver(row);
      if (row.type !== 'access.changed') continue;
      // Rights are read anew before the next seq goes out.
      this.#again = true;
      break;
    }
    this.seats.admit(this.cursor);
  }

  #deliver(row: LedgerRow): void {
    this.cursor = row.seq;
    if (row.class === 'staff') this.#deliverToStaff(row);
    else this.#deliverToCustomers(row);
    this.#options.observe(this.workspaceId, row);
  }

  #deliverToStaff(row: LedgerRow): void {
    const { staff } = this.#options.outlets;
    const entry = this.ring.add(row);
    const readers = this.ring.readers(entry);
    const others = entry.rooms.filter((room) => !readers.includes(room));
    if (staff.hasAnyone(this.workspaceId, readers)) staff.send(this.workspaceId, entry.frame, { rooms: readers });
    if (staff.hasAnyone(this.workspaceId, others)) {
      staff.send(this.workspaceId, withoutText(entry.frame), { rooms: others, except: readers });
    }
    if (row.type === 'access.changed') this.seats.recall(row);
    if (row.type === 'link.revoked') this.seats.endLinks(({ linkId }) => linkId === row.payload.data?.['link']);
    if (row.payload.card?.status === 'draft') this.seats.endLinks(({ ticketId }) => ticketId === row.ticketId);
  }

  #deliverToCustomers(row: LedgerRow): void {
    const { customers } = this.#options.outlets;
    if (row.type === 'ticket.left') this.seats.endLinks(({ ticketId }) => ticketId === row.ticketId);
    if (!customers.hasAnyone(this.workspaceId, row.audience)) return;
    customers.send(this.workspaceId, customerFrame(row), { rooms: row.audience });
    for (const room of row.audience) this.#talking.set(room, row.customerSeq ?? 0);
  }

  /** Tells each room in which something happened since the last beat how far it is; with `all`, the quiet ones too. */
  beat({ all }: { all: boolean }): void {
    const { staff, customers } = this.#options.outlets;
    const active = all
      ? this.seats.staffRooms()
      : new Set(this.ring.after(this.#beaten).flatMap((entry) => entry.rooms));
    this.#beaten = this.cursor;
    for (const room of active) {
      if (!staff.hasAnyone(this.workspaceId, [room])) continue;
      staff.heartbeat(this.workspaceId, { room, seq: this.ring.lastIn(room), upTo: this.cursor });
    }
    for (const [room, seq] of this.#talking) customers.heartbeat(this.workspaceId, { room, seq, upTo: seq });
    this.#talking.clear();
  }
}
