import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { io, type Socket as Client } from 'socket.io-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { broadcast } from '#server/realtime/broadcast.ts';
import type { StaffSpace } from '#server/realtime/server.ts';

// Over a real line: what is private to Engine.io and ws may be another in their next version.

let http: HttpServer;
let server: Server;
let client: Client;
let socket: Socket;

beforeEach(async () => {
  http = createServer().listen(0, '127.0.0.1');
  server = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  const connected = once(server, 'connection');
  await once(http, 'listening');
  client = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, {
    transports: ['websocket'],
    forceNew: true,
  });
  [socket] = (await connected) as [Socket];
  await socket.join('room');
});
afterEach(async () => {
  client.disconnect();
  await server.close();
});

const say = (text: string) => broadcast(server.of('/') as StaffSpace, { rooms: ['room'] }, ['event', { text }]);

/** Resolves with all that came until the last one. */
function heardUntil(last: string): Promise<string[]> {
  const heard: string[] = [];
  return new Promise((resolve) =>
    client.on('event', ({ text }: { text: string }) => {
      heard.push(text);
      if (text === last) resolve(heard);
    }),
  );
}

/** How often Engine.io made a packet. */
function packetsOf({ conn }: Socket): () => number {
  let packets = 0;
  conn.on('packetCreate', () => packets++);
  return () => packets;
}

test('a frame goes straight to a line on which nothing waits', async () => {
  const heard = heardUntil('zwei ä');
  const packets = packetsOf(socket);
  say('eins');
  say('zwei ä');
  expect(await heard).toEqual(['eins', 'zwei ä']);
  expect(packets()).toBe(0);
});

test('what is said by broadcast and to one alone arrives in the order in which it was said', async () => {
  const heard = heardUntil('6');
  say('1');
  socket.emit('event', { text: '2' });
  say('3');
  say('4');
  socket.emit('event', { text: '5' });
  say('6');
  expect(await heard).toEqual(['1', '2', '3', '4', '5', '6']);
});

test('a line that does not read lets frames wait in Engine.io, in their order', async () => {
  const long = 'x'.repeat(60_000);
  const { engine } = client.io;
  // Reads nothing more until it is told to.
  const stream = (engine.transport as unknown as { ws: { pause(): void; resume(): void } }).ws;
  stream.pause();
  const packets = packetsOf(socket);
  const said = Array.from({ length: 200 }, (_, i) => `${i} ${long}`);
  for (const text of said) say(text);
  expect(packets()).toBeGreaterThan(0);
  const heard = heardUntil(said.at(-1) ?? '');
  stream.resume();
  expect(await heard).toEqual(said);
});

test('nothing is said to a line that is closing', async () => {
  const packets = packetsOf(socket);
  const closed = once(socket, 'disconnect');
  socket.conn.close();
  say('zu spät');
  await closed;
  expect(packets()).toBe(0);
});
