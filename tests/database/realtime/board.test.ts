import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Member } from '../../support/cast.ts';
import { createCast, createTicket, run, type Cast } from '../../support/cast.ts';
import { createLiveDatabase, openBoard, Page, signInAs, slugOf, startLive, type Desk } from '../../support/live.ts';

let desk: Desk;
let cast: Cast;
const open: Page[] = [];

const board = async (member: Member) => {
  const page = await openBoard(desk, member);
  open.push(page);
  return page;
};

beforeAll(async () => {
  desk = { database: await createLiveDatabase(), live: await startLive() };
  cast = await createCast();
});
afterEach(() => open.splice(0).forEach((page) => page.close()));
afterAll(async () => {
  await desk.live.stop();
  await desk.database.drop();
});

test('a claim by one agent moves the card on the other board', async () => {
  const ticket = await createTicket(cast);
  const [ben, mona] = [await board(cast.ben), await board(cast.mona)];
  const answer = await ben.command('ticket.claim', { ticket });
  expect(answer).toMatchObject({ ok: true });
  const frame = await mona.frame('ticket.claimed', (one) => one.ticket === ticket);
  expect(frame.card).toMatchObject({
    id: ticket,
    member: cast.ben.memberId,
    status: 'assigned',
    subject: 'Heizung kalt',
    customer: 'Petra Weber',
  });
  expect(frame.actor).toEqual({ kind: 'member', id: cast.ben.memberId });
  expect(frame.seq).toBe(answer.ok && answer.seq);
});
