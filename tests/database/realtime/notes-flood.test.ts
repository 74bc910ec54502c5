import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import * as encoding from 'lib0/encoding';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { mostOfSession } from '#server/realtime/crowd.ts';
import { mostKnocking } from '#server/realtime/door.ts';
import { messages } from '#server/realtime/notes/protocol.ts';
import { createCast, createTicket, type Cast, type Member } from '../../support/cast.ts';
import { createLiveDatabase, signInAs, slugOf, startLive, type Desk } from '../../support/live.ts';

let desk: Desk;
let cast: Cast;
let path: string;
const open: WebSocket[] = [];
const strangers: Socket[] = [];

beforeAll(async () => {
  desk = { database: await createLiveDatabase(), live: await startLive() };
  cast = await createCast();
  path = `/notes/${await slugOf(desk.database, cast.workspaceId)}/${await createTicket(cast)}/1`;
});
afterEach(() => {
  open.splice(0).forEach((socket) => socket.terminate());
  strangers.splice(0).forEach((socket) => socket.destroy());
});
afterAll(async () => {
  await desk.live.stop();
  await desk.database.drop();
});

/** Opens the notes as a page does, as often as it is called. */
async function signedIn(member: Member): Promise<() => WebSocket> {
  const { cookie } = await signInAs(desk.database, member);
  return () => {
    const socket = new WebSocket(`ws://127.0.0.1:${desk.live.port}${path}`, { headers: { cookie } });
    open.push(socket);
    return socket;
  };
}

/** Asks for a line, and never says another word: not even goodbye when he is told it. */
function knock(): Socket {
  const stranger = connect(desk.live.port, '127.0.0.1').on('error', () => undefined);
  const key = Buffer.alloc(16).toString('base64');
  stranger.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  strangers.push(stranger);
  return stranger;
}

const codeOf = (socket: WebSocket) =>
  new Promise<number>((resolve) => socket.once('close', (code: number) => resolve(code)));

test('strangers at the door of the notes do not pile up', async () => {
  const all = Array.from({ length: mostKnocking }, knock);
  await Promise.all(all.map((stranger) => once(stranger, 'data')));
  const late = knock();
  let isHeard = false;
  late.once('data', () => (isHeard = true));
  // Heard after him, and answered.
  const other = new WebSocket(`ws://127.0.0.1:${desk.live.port}${path}`, { origin: 'https://other.example' });
  await once(other, 'error');
  expect(all.filter(({ readyState }) => readyState === 'open')).toHaveLength(mostKnocking);
  expect(isHeard).toBe(false);
  all[0]?.destroy();
  await once(late, 'data');
  // Those who are known take no place there.
  all[1]?.destroy();
  const page = await signedIn(cast.ada);
  for (let i = 0; i < 3; i++) await once(page(), 'message');
});

const asksAll = Buffer.from([0, 0, 1, 0]);
const askedMuch: [string, number, Buffer][] = [
  ['all of the notes', 6, asksAll],
  ['nothing new again and again', 6, Buffer.from([0, 1, 2, 0, 0])],
  ['who else is there', 6, Buffer.from([3])],
  // A cursor of a million letters, which is no cursor.
  ['too much to read', 5, cursorOf('x'.repeat(1_000_000))],
];

test.each(askedMuch)('who says or asks %s is put out, and the others are not', async (_, times, frame) => {
  const [asBen, asAda] = [await signedIn(cast.ben), await signedIn(cast.ada)];
  const [flooder, page] = [asBen(), asAda()];
  await Promise.all([once(flooder, 'message'), once(page, 'message')]);
  const code = codeOf(flooder);
  for (let i = 1; i < times; i++) flooder.send(frame);
  flooder.ping();
  await once(flooder, 'pong');
  expect(flooder.readyState).toBe(WebSocket.OPEN);
  // As often again: however slow this goes, some of it is too much.
  for (let i = 0; i < times; i++) flooder.send(frame);
  expect(await code).toBe(4429);
  page.send(asksAll);
  await once(page, 'message');
});

function cursorOf(letters: string): Buffer {
  const state = encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, 77);
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarString(encoder, JSON.stringify({ cursor: letters }));
  });
  return Buffer.from(messages.cursors(state));
}

test('a session has the notes open a hundred times, and once more is turned away', async () => {
  const page = await signedIn(cast.ada);
  const all = Array.from({ length: mostOfSession }, page);
  await Promise.all(all.map((socket) => once(socket, 'message')));
  expect(await codeOf(page())).toBe(4429);
  all[0]?.close();
  await expect
    .poll(async () => {
      const again = page();
      return Promise.race([once(again, 'message').then(() => 'in'), codeOf(again)]);
    })
    .toBe('in');
});
