import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { rooms } from '#server/domain/events.ts';
import type { Bus, Listener } from '#server/realtime/bus.ts';
import { Feed } from '#server/realtime/feed.ts';
import { Attendance, type Page } from '#server/realtime/presence.ts';
import { Sharing } from '#server/realtime/presence/sharing.ts';
import { createCast, type Cast } from '../../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { Ear, seatOf } from '../../support/outlet.ts';

// What the feed does by the clock, whatever it is woken by.

let db: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  db = await createTestDatabase();
  cast = await createCast();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});
afterAll(() => db.drop());

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
  const { release } = await feed.hold(cast.workspaceId);
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
