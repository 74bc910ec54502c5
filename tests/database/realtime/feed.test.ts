import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Frame } from '#lib/shared/board.ts';
import type { Heartbeat } from '#lib/shared/wire.ts';
import { rooms } from '#server/domain/events.ts';
import type { Bus, Listener } from '#server/realtime/bus.ts';
import { Channel } from '#server/realtime/channel.ts';
import { Feed } from '#server/realtime/feed.ts';
import type { Outlet } from '#server/realtime/outlet.ts';
import { Attendance, type Page } from '#server/realtime/presence.ts';
import { Sharing } from '#server/realtime/presence/sharing.ts';
import { Seat } from '#server/realtime/seat.ts';
import { createCast, createTicket, run, type Cast, type Member } from '../../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

type Sent = { frame: Frame; rooms: readonly string[]; except: readonly string[] };

/** Hears what goes out, for rooms in which somebody is said to be. */
class Ear implements Outlet {
  readonly sent: Sent[] = [];
  readonly beats: Heartbeat[] = [];
  #there: ReadonlySet<string>;

  constructor(there: string[]) {
    this.#there = new Set(there);
  }

  /** From now on, exactly where this one may be. */
  follow(rooms: ReadonlySet<string>): void {
    this.#there = rooms;
  }

  hasAnyone(_: string, rooms: readonly string[]): boolean {
    return rooms.some((room) => this.#there.has(room));
  }

  send(
    _: string,
    frame: Frame,
    { rooms, except = [] }: { rooms: readonly string[]; except?: readonly string[] },
  ): void {
    this.sent.push({ frame, rooms, except });
  }

  heartbeat(_: string, beat: Heartbeat): void {
    this.beats.push(beat);
  }
}

let db: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  cast = await createCast();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});
afterAll(() => db.drop());

async function channelTo(staffRooms: string[], customerRooms: string[] = []) {
  const outlets = { staff: new Ear(staffRooms), customers: new Ear(customerRooms) };
  const channel = await Channel.open({ workspaceId: cast.workspaceId, outlets, observe: () => undefined });
  return { channel, staff: outlets.staff, customers: outlets.customers };
}

/** A member's page that nobody looks at. */
const seatOf = ({ memberId }: Member, onEntering: () => void = () => undefined) =>
  new Seat(
    { kind: 'member', memberId },
    { enter: onEntering, leave: () => undefined, end: () => expect.unreachable() },
  );

test('rooms that lost a ticket before its events went out get the codes and none of its words', async () => {
  const { channel, staff } = await channelTo(['moderators', `pool:${cast.heating}`, `pool:${cast.lift}`]);
  const ticket = await createTicket(cast, { subject: 'Wasser' });
  await run(cast.ada, 'ticket.move', { ticket, pool: cast.lift });
  await run(cast.ada, 'ticket.change', { ticket, subject: 'Geheim' });
  await channel.read();
  const created = staff.sent.filter(({ frame }) => frame.type === 'ticket.created');
  expect(created).toMatchObject([
    { frame: { card: { subject: 'Geheim', customer: 'Petra Weber' } } },
    { frame: { card: { subject: '', customer: '' } }, rooms: [`pool:${cast.heating}`] },
  ]);
  expect(created[0]?.rooms).not.toContain(`pool:${cast.heating}`);
  expect(created[1]?.except).toEqual(created[0]?.rooms);
  const toHeating = staff.sent.filter(({ rooms }) => rooms.includes(`pool:${cast.heating}`));
  expect(JSON.stringify(toHeating.map(({ frame }) => frame))).not.toContain('Geheim');
});

test('an event goes out once, whoever hears it, and not at all where nobody is', async () => {
  const quiet = await channelTo([]);
  const { channel, staff, customers } = await channelTo([
    'moderators',
    `pool:${cast.heating}`,
    `member:${cast.ada.memberId}`,
  ]);
  const ticket = await createTicket(cast);
  await run(cast.ben, 'ticket.claim', { ticket });
  await Promise.all([channel.read(), quiet.channel.read()]);
  expect(staff.sent.map(({ frame }) => frame.type)).toEqual(['ticket.created', 'ticket.claimed']);
  expect([customers.sent, quiet.staff.sent, quiet.customers.sent]).toEqual([[], [], []]);
  expect(quiet.channel.cursor).toBe(channel.cursor);
});

test('readings that are asked for at once are one, and nothing comes twice', async () => {
  const { channel, staff } = await channelTo(['moderators']);
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      await createTicket(cast);
      await channel.read();
    }),
  );
  const seqs = staff.sent.map(({ frame }) => frame.seq);
  expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
  expect(seqs).toHaveLength(20);
});

test('heartbeats name the last seq of rooms in which something happened, and of quiet ones when asked', async () => {
  const { channel, staff } = await channelTo(['moderators', 'staff', `pool:${cast.heating}`]);
  await createTicket(cast);
  channel.seats.add(seatOf(cast.mona));
  await channel.read();
  channel.beat({ all: false });
  const last = staff.sent.at(-1)?.frame.seq ?? 0;
  expect(staff.beats.toSorted((a, b) => (a.room < b.room ? -1 : 1))).toEqual([
    { room: 'moderators', seq: last, upTo: channel.cursor },
    { room: `pool:${cast.heating}`, seq: last, upTo: channel.cursor },
  ]);
  channel.beat({ all: false });
  expect(staff.beats).toHaveLength(2);
  channel.beat({ all: true });
  const quiet = staff.beats.find(({ room }) => room === 'staff');
  expect(quiet?.seq).toBeLessThan(last);
  expect(quiet?.upTo).toBe(channel.cursor);
});

test('the quiet rooms of many workspaces are told in a round of beats, as many in each beat', async () => {
  const staff = new Ear([rooms.staff]);
  const feed = new Feed({ staff, customers: new Ear([]) });
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await feed.start();
  const count = 40;
  // Else chance would spread them, a little less evenly.
  const like = randomUUID().slice(0, -2);
  const ids = Array.from({ length: count }, (_, i) => `${like}${i.toString(16).padStart(2, '0')}`);
  for (const id of ids) {
    const { channel } = await feed.hold(id);
    const seat = seatOf(cast.ben);
    seat.rights = { seq: 0, rooms: new Set([rooms.staff]) };
    channel.seats.add(seat);
    await channel.read();
  }
  const told: number[] = [];
  for (let beat = 0; beat < 20; beat++) {
    vi.advanceTimersByTime(15_000);
    told.push(staff.beats.splice(0).length);
  }
  await feed.stop();
  expect(told).toEqual(told.map(() => count / told.length));
});

test('what a customer hears has no card, no name and no room of the team', async () => {
  const ticket = await createTicket(cast);
  const { channel, customers } = await channelTo([], [`customer:${ticket}`]);
  await run(cast.ben, 'ticket.claim', { ticket });
  await run(cast.ben, 'message.post', { ticket, kind: 'comment', visibility: 'internal', html: '<p>unter uns</p>' });
  await channel.read();
  expect(customers.sent.map(({ frame }) => frame)).toEqual([
    {
      seq: 2,
      prev: { [`customer:${ticket}`]: 1 },
      type: 'ticket.claimed',
      ticket,
      at: expect.any(String),
      actor: { kind: 'member', id: null },
      command: null,
      data: { status: 'assigned' },
    },
  ]);
});

test('when rights change again before they were read anew, the later change is heard by whom it concerns', async () => {
  await run(cast.ada, 'group.setMember', { group: cast.caretakers, member: cast.cleo.memberId, isMember: true });
  const { channel, staff } = await channelTo([]);
  const entered: number[] = [];
  const seat: Seat = new Seat(
    { kind: 'member', memberId: cast.cleo.memberId },
    {
      enter(rooms, seq) {
        staff.follow(rooms);
        entered.push(seq);
      },
      leave: (kept) => staff.follow(kept),
      end: () => expect.unreachable(),
    },
  );
  channel.seats.add(seat);
  await channel.read();
  staff.sent.splice(0);
  const access = { pool: cast.heating, member: null, group: null, allowed: true };
  await run(cast.ada, 'pool.setAccess', { ...access, member: cast.cleo.memberId });
  await createTicket(cast, { pool: cast.heating });
  // Goes to the group alone, and was read together with the change before it.
  await run(cast.ada, 'pool.setAccess', { ...access, group: cast.caretakers });
  const after = await createTicket(cast, { pool: cast.heating });
  await channel.read();
  const heard = staff.sent.map(({ frame }) => frame);
  expect(heard.filter(({ type }) => type === 'access.changed')).toHaveLength(2);
  expect(heard.at(-1)).toMatchObject({ type: 'ticket.created', ticket: after });
  // Once more, at the later change: as of then his rights hold.
  expect(entered).toHaveLength(2);
});

test('who could not be let in, since his rights could not be read, is let in once they can be', async () => {
  const feed = new Feed({ staff: new Ear([]), customers: new Ear([]) });
  await feed.start();
  const { channel, release } = await feed.hold(cast.workspaceId);
  const seat = seatOf(cast.ben);
  await db.owner`revoke select on lotse.pool_access from lotse_system`;
  channel.seats.add(seat);
  await channel.read();
  await db.owner`grant select on lotse.pool_access to lotse_system`;
  expect(seat.isIn).toBe(false);
  await seat.entered;
  release();
  await feed.stop();
});

test('who comes in the very moment in which a reading ends is let in by the next', async () => {
  const { channel } = await channelTo([]);
  const last = seatOf(cast.mona);
  const first = seatOf(cast.ben, () =>
    queueMicrotask(() => {
      channel.seats.add(last);
      void channel.read();
    }),
  );
  channel.seats.add(first);
  await channel.read();
  await last.entered;
});

test('who is said to be there, while the workspace is read no more, is not kept for ever', async () => {
  const feed = new Feed({ staff: new Ear([]), customers: new Ear([]) });
  const untold = () => undefined;
  const attendance = new Attendance({
    online: untold,
    people: untold,
    looks: untold,
    typing: untold,
    teamTyping: untold,
  });
  const others: Listener[] = [];
  const bus: Bus = {
    isUp: true,
    tell: untold,
    hear(_, listener) {
      others.push(listener);
      return untold;
    },
    follow: ({ up }) => up(),
    stop: () => Promise.resolve(),
  };
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const sharing = new Sharing({ bus, feed, attendance });
  await feed.start();
  const { channel, release } = await feed.hold(cast.workspaceId);
  const [here, there] = [cast.ben, cast.mona].map(({ memberId }) => ({ id: memberId, member: memberId, ticket: null }));
  const say = (visit: object | undefined) => others[0]?.({ kind: 'visit', visit }, 'another process');
  const { workspaceId, memberId } = cast.ada;
  const page: Page = { socketId: '', rooms: () => new Set([rooms.staff]), renew: untold };
  const online = () => attendance.seenBy({ workspaceId, memberId, audienceOf: () => [], page }, page).online;
  say(here);
  await setImmediate();
  expect(online()).toEqual([cast.ben.memberId]);
  release();
  say(there);
  // Nobody has held it for a minute: the next poll closes it, while the second word is being taken in.
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 61_000);
  vi.advanceTimersByTime(1_000);
  await vi.waitFor(() => expect(online()).toEqual([]));
  sharing.stop();
  attendance.stop();
  await feed.stop();
});
