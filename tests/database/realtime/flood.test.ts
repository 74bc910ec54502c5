import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { CatchUp } from '#lib/shared/wire.ts';
import { tokenFor } from '#server/domain/links.ts';
import { mostOfLink, mostOfSession } from '#server/realtime/crowd.ts';
import { mostKnocking } from '#server/realtime/door.ts';
import { createCast, createTicket, linkFor, run, type Cast } from '../../support/cast.ts';
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
  const waits = knock();
  const leaves = knock();
  const late = knock();
  // They were heard by now: who knocked after them, from a page that is none of ours, was refused.
  const stranger = new WebSocket(address, { origin: 'https://other.example' });
  await once(stranger, 'error');
  for (const each of [waits, leaves, late]) expect(each.readyState).toBe(WebSocket.CONNECTING);
  // Before their own time was up: it is the crowd that keeps the late ones outside.
  expect(all.filter(({ readyState }) => readyState === WebSocket.OPEN)).toHaveLength(mostKnocking);
  leaves.terminate();
  all[0]?.terminate();
  await once(waits, 'message');
  expect(late.readyState).toBe(WebSocket.CONNECTING);
  all[1]?.terminate();
  await once(late, 'message');
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

test('a ticket link has thirty sockets, and one more is turned away', async () => {
  const ticket = await createTicket(cast);
  const { linkId } = await linkFor(cast, ticket);
  const token = await tokenFor({ id: linkId, generation: 1 });
  const knock = () => {
    const page = new Page(`${desk.live.url}/t`, { auth: { token } });
    page.socket.io.reconnection(false);
    open.push(page);
    return page;
  };
  await Promise.all(Array.from({ length: mostOfLink }, () => knock().ready()));
  const late = knock();
  await late.until(() => late.socket.disconnected && late.socket.io.engine?.readyState === 'closed', 'being closed');
  expect(late.readys).toEqual([]);
  await expectService();
});

/** Engine.io's and Socket.io's packets: https://github.com/socketio/socket.io-protocol */
const malformed = [
  '42["event"',
  '42{"no":"array"}',
  '42[]',
  '42["__proto__",{}]',
  '42["command"]',
  '421["command",null]',
  '422["catchup",{"cursor":"first"}]',
  '423["catchup",{"cursor":-1}]',
  '42["look",{"ticket":{"$gt":""}}]',
  '42["typing",[[[[]]]]]',
  '45-["bytes",{"_placeholder":true,"num":0}]',
  '49',
  '4',
  '9',
  '\u0000',
  Buffer.from([4, 0, 255]),
];

test.each(malformed.map((frame) => [JSON.stringify(String(frame)), frame] as const))(
  'the frame %s ends nothing but its own line',
  async (_, frame) => {
    const { cookie } = await signInAs(desk.database, cast.ben);
    const workspace = await slugOf(desk.database, cast.workspaceId);
    const address = `${desk.live.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const socket = new WebSocket(address, { headers: { cookie } }).on('error', () => undefined);
    raw.push(socket);
    const heard: string[] = [];
    const seated = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    socket.once('close', () => answered.resolve());
    socket.on('message', (message: Buffer) => {
      const text = message.toString();
      heard.push(text);
      if (text.startsWith('42["ready"')) seated.resolve();
      if (text.startsWith('437[')) answered.resolve();
    });
    socket.once('message', () => socket.send(`40${JSON.stringify({ workspace })}`));
    await seated.promise;
    socket.send(frame);
    // What comes after it is answered, or the line was closed.
    socket.send('427["catchup",{"cursor":0}]');
    await answered.promise;
    expect(heard.filter((text) => /^43[123]\[\{"ok":true/.test(text))).toEqual([]);
    await expectService();
  },
);
