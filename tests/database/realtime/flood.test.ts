import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { CatchUp } from '#lib/shared/wire.ts';
import { mostKnocking, mostOfSession } from '#server/realtime/crowd.ts';
import { createCast, createTicket, run, type Cast } from '../../support/cast.ts';
import { createLiveDatabase, openBoard, Page, signInAs, slugOf, startLive, type Desk } from '../../support/live.ts';

let desk: Desk;
let cast: Cast;
const open: Page[] = [];
const raw: WebSocket[] = [];

beforeAll(async () => {
  desk = { database: await createLiveDatabase(), live: await startLive() };
  cast = await createCast();
});
afterEach(() => {
  open.splice(0).forEach((page) => page.close());
  raw.splice(0).forEach((socket) => socket.terminate());
});
afterAll(async () => {
  await desk.live.stop();
  await desk.database.drop();
});

/** Somebody else is served as if nothing were. */
async function expectService(): Promise<void> {
  const mona = await openBoard(desk, cast.mona);
  open.push(mona);
  const ticket = await createTicket(cast);
  await mona.frame('ticket.created', (frame) => frame.ticket === ticket);
}

test('a session has a hundred sockets, and one more is turned away', async () => {
  const { cookie } = await signInAs(desk.database, cast.ben);
  const workspace = await slugOf(desk.database, cast.workspaceId);
  const knock = () => {
    const page = new Page(desk.live.url, { auth: { workspace }, cookie });
    page.socket.io.reconnection(false);
    open.push(page);
    return page;
  };
  const all = Array.from({ length: mostOfSession }, knock);
  await Promise.all(all.map((page) => page.ready()));
  const late = knock();
  await late.until(() => late.socket.disconnected && late.socket.io.engine?.readyState === 'closed', 'being closed');
  expect(late.readys).toEqual([]);
  await expectService();
  all[0]?.close();
  await expect
    .poll(async () => {
      const again = knock();
      await again.until(() => again.readys[0] ?? again.socket.io.engine?.readyState === 'closed');
      return again.readys.length;
    })
    .toBe(1);
});

test('who talks without end is closed, and nobody else notices', async () => {
  const ben = await openBoard(desk, cast.ben);
  open.push(ben);
  ben.socket.io.reconnection(false);
  for (let i = 0; i < 2_000; i++) ben.socket.emit('look', { ticket: randomUUID() });
  await ben.until(() => ben.socket.disconnected, 'being closed');
  await expectService();
});

test('connections that never say whose they are do not pile up', async () => {
  const address = `${desk.live.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const knock = () => {
    const socket = new WebSocket(address).on('error', () => undefined);
    raw.push(socket);
    return socket;
  };
  const all = Array.from({ length: mostKnocking }, knock);
  // Engine.io's first word, which it says to whom it took in.
  await Promise.all(all.map((socket) => once(socket, 'message')));
  const late = knock();
  await once(late, 'close');
  // Before their own time was up: it is the crowd that shut the late one out.
  expect(all.filter(({ readyState }) => readyState === WebSocket.OPEN)).toHaveLength(mostKnocking);
  raw.splice(0).forEach((socket) => socket.terminate());
  await expect.poll(() => expectService().then(() => 'served')).toBe('served');
});

test('who asks for all that happened and does not read is not told it again and again', async () => {
  const ticket = await createTicket(cast);
  const { seq: cursor } = await run(cast.ada, 'ticket.change', { ticket, subject: 'x' });
  for (let i = 0; i < 60; i++) await run(cast.ada, 'ticket.change', { ticket, subject: `${i} ${'x'.repeat(150)}` });
  const ben = await openBoard(desk, cast.ben);
  open.push(ben);
  let answers = 0;
  let told = 0;
  for (let i = 0; i < 150; i++) {
    ben.socket.emit('catchup', { cursor }, (answer: CatchUp) => {
      answers++;
      if ('frames' in answer) told++;
    });
  }
  // The others are asked to load the page anew, which is a word.
  await expect.poll(() => answers).toBe(150);
  await ben.settled(0);
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThan(20);
});
