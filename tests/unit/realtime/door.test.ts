import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, Socket, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Door, letIn, mostKnocking } from '#server/realtime/door.ts';

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));
const request = () => ({ headers: { 'x-lotse-address': '192.0.2.7' }, socket: new Socket() });
type Knocking = ReturnType<typeof request>;

let door: Door;
let inside: Knocking[];

beforeEach(async () => {
  door = new Door();
  inside = Array.from({ length: mostKnocking }, request);
  await Promise.all(inside.map((each) => door.knock(each)));
});
afterEach(() => vi.useRealTimers());

test('who waits outside comes in by turns, and hears of the end', async () => {
  const [waits, last] = [request(), request()];
  const turn = door.knock(waits);
  void door.knock(last);
  inside[0]?.socket.destroy();
  expect(await turn).toBe(true);
  door.close();
  await closed(last.socket);
  expect(waits.socket.destroyed).toBe(false);
});

test('who is known frees his place once, then and not again when he goes', async () => {
  const [waits, last] = [request(), request()];
  const turn = door.knock(waits);
  const isIn = vi.fn();
  void door.knock(last).then(isIn);
  // Of Socket.io's connection only the request is looked at.
  letIn({ conn: { request: inside[0] } } as never);
  expect(await turn).toBe(true);
  inside[0]?.socket.destroy();
  await new Promise((resolve) => setImmediate(resolve));
  expect(isIn).not.toHaveBeenCalled();
});

test('nobody waits for ever', async () => {
  vi.useFakeTimers();
  const waits = request();
  void door.knock(waits);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(waits.socket.destroyed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(waits.socket.destroyed).toBe(true);
});

test('whoever says goodbye while he waits leaves the line', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Lotse-Address: 192.0.2.7\r\n\r\n');
  const [knocking] = (await once(server, 'upgrade')) as [IncomingMessage];
  const isIn = vi.fn();
  void door.knock(knocking).then(isIn);
  const gone = closed(knocking.socket);
  client.end();
  await gone;
  // The place that gets free is the next one's.
  const next = door.knock(request());
  inside[0]?.socket.destroy();
  expect(await next).toBe(true);
  expect(isIn).not.toHaveBeenCalled();
  server.close();
});
