import type { IncomingMessage } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCast, type Cast } from '../../support/cast.ts';
import { createLiveDatabase, openBoard, startLive, type Desk } from '../../support/live.ts';

let desk: Desk;
let cast: Cast;
const requests: WeakRef<IncomingMessage>[] = [];

beforeAll(async () => {
  const hear = (request: IncomingMessage) => void requests.push(new WeakRef(request));
  desk = { database: await createLiveDatabase(), live: await startLive(0, hear) };
  cast = await createCast();
});
afterAll(async () => {
  await desk.live.stop();
  await desk.database.drop();
});

test('of a board that is open nothing of its request is kept', async () => {
  const boards = [await openBoard(desk, cast.ada), await openBoard(desk, cast.ben)];
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (how: { type: 'major'; execution: 'async' }) => Promise<void>;
  await collect({ type: 'major', execution: 'async' });
  // Node keeps the latest at hand for the next one.
  expect(requests.slice(0, -1).map((request) => request.deref())).toEqual([undefined]);
  for (const board of boards) board.close();
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
