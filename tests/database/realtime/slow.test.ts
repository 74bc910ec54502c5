import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { act } from '#server/domain/act.ts';
import { rooms } from '#server/domain/events.ts';
import { openCustomers } from '#server/realtime/customers.ts';
import { Ends } from '#server/realtime/ends.ts';
import { Feed } from '#server/realtime/feed.ts';
import { Attendance } from '#server/realtime/presence.ts';
import { openSockets, outletFor } from '#server/realtime/server.ts';
import { mostWaiting, passOver } from '#server/realtime/slow.ts';
import { openStaff } from '#server/realtime/staff.ts';
import { voiceFor } from '#server/realtime/voice.ts';
import { createCast, createTicket, linkFor, run, type Cast } from '../../support/cast.ts';
import { createLiveDatabase, openBoard, openTicketPage, startLive, type Desk, type Page } from '../../support/live.ts';

let desk: Desk;
let cast: Cast;
const open: Page[] = [];

beforeAll(async () => {
  desk = { database: await createLiveDatabase(), live: await startLive() };
  cast = await createCast();
});
afterEach(() => open.splice(0).forEach((page) => page.close()));
afterAll(async () => {
  await desk.live.stop();
  await desk.database.drop();
});

/** The page's end of the line: what its kernel has not read, the server's cannot send. */
function lineOf({ socket }: Page): { pause(): void; resume(): void } {
  const { transport } = socket.io.engine as unknown as {
    transport: { ws: { _socket: { pause(): void; resume(): void } } };
  };
  return transport.ws._socket;
}

/** Events of some 20 KB each, to everybody. */
async function shout(count: number): Promise<number> {
  const data = { member: cast.ben.memberId, noise: 'x'.repeat(20_000) };
  const { seq } = await act({ kind: 'system', workspaceId: cast.workspaceId }, async ({ record }) => {
    for (let i = 0; i < count; i++) record({ type: 'member.joined', data, audience: [rooms.staff] });
  });
  return seq;
}

test('who does not read is passed over, holds nobody up, and catches up when he reads again', async () => {
  const ben = await openBoard(desk, cast.ben);
  const mona = await openBoard(desk, cast.mona);
  open.push(ben, mona);
  const line = lineOf(ben);
  const asked = { ben: ben.readys.length, mona: mona.readys.length };
  line.pause();
  // More than a kernel takes and we let wait.
  for (let i = 0; i < 5; i++) await mona.settled(await shout(400));
  expect(mona.frames.filter(({ type }) => type === 'member.joined')).toHaveLength(2_000);
  // She had much to read, but read it.
  expect(mona.readys).toHaveLength(asked.mona);
  line.resume();
  await ben.until(() => ben.readys.length > asked.ben, 'being told to catch up');
  const heard = ben.frames.filter(({ type }) => type === 'member.joined').length;
  expect(heard).toBeGreaterThan(mostWaiting);
  expect(heard).toBeLessThan(2_000);
  const { seq } = await run(cast.ada, 'pool.change', { pool: cast.heating, name: 'Wärme' });
  await ben.settled(seq);
  expect((await ben.frame('pool.changed')).seq).toBe(seq);
});

/** The live side with its sockets at hand. */
async function openDoors() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = openSockets(server);
  const { staff, customers } = sockets;
  const feed = new Feed({ staff: outletFor(staff), customers: outletFor(customers) });
  const parts = { feed, attendance: new Attendance(voiceFor(sockets)), ends: new Ends(), build: '' };
  openStaff(staff, parts);
  openCustomers(customers, parts);
  return {
    live: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    spaces: { member: staff, customer: customers },
    async close() {
      sockets.close();
      parts.attendance.stop();
      server.close();
      await feed.stop();
    },
  };
}

test.each(['member', 'customer'] as const)('nothing is said to a %s who went, once his line is free', async (kind) => {
  const { live, spaces, close } = await openDoors();
  const { linkId } = await linkFor(cast, await createTicket(cast));
  open.push(
    kind === 'member'
      ? await openBoard({ database: desk.database, live }, cast.ben)
      : await openTicketPage({ live }, linkId),
  );
  const [socket] = spaces[kind].sockets.values();
  if (!socket) throw new Error('nobody came');
  // While this is on its way, what follows waits, the goodbye as well.
  socket.emit('trouble', { code: null });
  passOver(socket);
  const isFree = once(socket.conn, 'drain');
  socket.disconnect();
  const said: string[] = [];
  socket.onAnyOutgoing((name: string) => said.push(name));
  await isFree;
  expect(said).toEqual([]);
  await close();
});
