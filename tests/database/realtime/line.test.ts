import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCast, type Cast } from '../../support/cast.ts';
import { createLiveDatabase, openBoard, startLive, type Desk } from '../../support/live.ts';

let desk: Desk;
let cast: Cast;

beforeAll(async () => {
  desk = { database: await createLiveDatabase(), live: await startLive() };
  cast = await createCast();
});
afterAll(async () => {
  await desk.live.stop();
  await desk.database.drop();
});

test('who is in asks for another namespace on the same line in vain', async () => {
  const board = await openBoard(desk, cast.ada);
  const refusal = Promise.withResolvers<string>();
  const customer = board.socket.io.socket('/t', { auth: { token: 'nobody' } });
  customer.once('connect_error', ({ message }) => refusal.resolve(message));
  customer.connect();
  expect(await refusal.promise).toBe('too.many');
  expect(board.socket.connected).toBe(true);
  board.close();
});
