import type { Presence } from '#lib/shared/wire.ts';
import type { Membership } from '#server/auth/membership.ts';
import type { Session } from '#server/auth/session.ts';
import { reportUnexpected } from '#server/log.ts';
import type { Channel } from './channel.ts';
import type { Ends } from './ends.ts';
import type { Feed } from './feed.ts';
import { nameIn, roomIn } from './outlet.ts';
import type { Attendance, Page, Visit } from './presence.ts';
import { Seat, type Door } from './seat.ts';
import type { StaffSocket } from './server.ts';
import { forgetReader, onRelief } from './slow.ts';

export type Parts = { feed: Feed; attendance: Attendance; ends: Ends; build: string };

export type Guest = { session: Session; member: Membership };

/**
 * One open page of a member. There are thousands of them, most of them idle: what each holds is this one object, with methods
 * instead of closures, and nothing of how it came in.
 */
export class Viewer implements Visit, Page, Door {
  readonly workspaceId: string;
  readonly memberId: string;
  readonly seat: Seat;
  /** Rejects where the workspace's feed cannot be read. */
  readonly opening: Promise<Channel>;
  readonly #socket: StaffSocket;
  readonly #parts: Parts;
  #channel: Channel | undefined;
  #release: (() => void) | undefined;

  constructor(socket: StaffSocket, { session, member }: Guest, parts: Parts) {
    this.workspaceId = member.workspaceId;
    this.memberId = member.memberId;
    this.#socket = socket;
    this.#parts = parts;
    this.seat = new Seat({ kind: 'member', memberId: member.memberId }, this);
    parts.ends.watchSession(session, this);
    this.opening = this.#arrive();
    this.opening.catch((error: unknown) => {
      reportUnexpected(error, { part: 'feed', workspaceId: this.workspaceId });
      // Not by us for good: the client comes back by itself.
      socket.conn.close();
    });
  }

  async #arrive(): Promise<Channel> {
    const { feed, attendance } = this.#parts;
    const { channel, release } = await feed.hold(this.workspaceId);
    this.#release = release;
    if (this.#socket.disconnected) {
      release();
      return channel;
    }
    this.#channel = channel;
    attendance.arrive(this);
    channel.seats.add(this.seat);
    onRelief(this.#socket, this);
    void channel.read();
    return channel;
  }

  depart(): void {
    const { ends, attendance } = this.#parts;
    forgetReader(this.#socket);
    ends.forget(this);
    attendance.depart(this);
    this.#channel?.seats.remove(this.seat);
    this.#release?.();
  }

  enter(rooms: ReadonlySet<string>, seq: number): void {
    const { attendance, build } = this.#parts;
    void this.#socket.join([...rooms].map((room) => nameIn(this.workspaceId, room)));
    attendance.recheck(this);
    const presence = attendance.seenBy(this, this);
    this.#socket.emit('ready', { seq, now: Date.now(), rooms: [...rooms], build, id: this.memberId, presence });
  }

  leave(kept: ReadonlySet<string>): void {
    const stays = new Set([this.#socket.id, ...[...kept].map((room) => roomIn(this.workspaceId, room))]);
    for (const room of this.#socket.rooms) if (!stays.has(room)) void this.#socket.leave(room);
  }

  end(code: string): void {
    this.#socket.emit('ended', { code });
    this.#socket.disconnect(true);
  }

  relieve(): void {
    if (this.#channel) this.seat.remind(this.#channel.cursor);
  }

  get page(): Page {
    return this;
  }

  get socketId(): string {
    return this.#socket.id;
  }

  rooms(): ReadonlySet<string> {
    return this.seat.rooms;
  }

  renew(presence: Presence): void {
    this.#socket.emit('presence', presence);
  }

  audienceOf(ticket: string): readonly string[] {
    return this.#channel?.ring.audienceOf(ticket) ?? [];
  }
}
