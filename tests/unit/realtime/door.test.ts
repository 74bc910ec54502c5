import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Door, mostKnocking } from '#server/realtime/door.ts';

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));
const request = () => ({ headers: { 'x-lotse-address': '192.0.2.7' }, socket: new Socket() });

test('who waits outside may break off, hears of the end, and holds nothing up', async () => {
  const door = new Door();
  const inside = Array.from({ length: mostKnocking }, request);
  await Promise.all(inside.map((each) => door.knock(each)));
  const [broken, waits, last] = [request(), request(), request()];
  void door.knock(broken);
  const turn = door.knock(waits);
  void door.knock(last);
  broken.socket.emit('error', new Error('reset by peer'));
  await closed(broken.socket);
  inside[0]?.socket.destroy();
  expect(await turn).toBe(true);
  door.close();
  await closed(last.socket);
  expect(waits.socket.destroyed).toBe(false);
});
