import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Presence } from '#lib/shared/wire.ts';
import { createCast, createTicket, linkFor, run, type Cast, type Member } from '../support/cast.ts';
import { createLiveDatabase, openBoard, openTicketPage, type Page } from '../support/live.ts';
import type { TestDatabase } from '../support/database.ts';
import { startKillable, type Killable } from '../support/notes.ts';
import { startRedis, type Redis } from '../support/redis.ts';

let database: TestDatabase;
let cast: Cast;
let redis: Redis;
let one: Killable;
let two: Killable;
const open: Page[] = [];

const start = () => startKillable(database.url, 0, { REDIS_URL: redis.url });
const board = async (live: Killable, member: Member) => {
  const page = await openBoard({ database, live }, member);
  open.push(page);
  return page;
};
const told = (page: Page, name: string) => page.told.flatMap(([what, value]) => (what === name ? [value] : []));
const hears = (page: Page, name: string, value: object) =>
  page.until(
    () => told(page, name).some((one) => JSON.stringify(one) === JSON.stringify(value)),
    JSON.stringify(value),
  );
/** What the page knows by now of who is there. */
const isKnown = (page: Page, isAvailable: boolean) =>
  page.until(
    () => {
      const whole = page.told.filter(([name]) => name === 'ready' || name === 'presence').at(-1);
      const [name, value] = whole ?? [];
      const presence = (name === 'ready' ? (value as { presence: Presence }).presence : value) as Presence | undefined;
      return presence?.isAvailable === isAvailable && presence;
    },
    `presence to be ${isAvailable ? 'there' : 'off'}`,
  );

/** Whether the page shows this colleague as there, from all it was told. */
const shows = (page: Page, { memberId }: Member, isOnline: boolean) =>
  page.until(
    () => {
      let there = false;
      for (const [name, value] of page.told as [string, never][]) {
        if (name === 'ready') there = (value as { presence: Presence }).presence.online.includes(memberId);
        if (name === 'presence') there = (value as Presence).online.includes(memberId);
        const change = value as { member: string; isOnline: boolean };
        if (name === 'online' && change.member === memberId) there = change.isOnline;
      }
      return there === isOnline;
    },
    `${memberId} to be ${isOnline ? 'there' : 'gone'}`,
  );

beforeAll(async () => {
  redis = await startRedis();
  database = await createLiveDatabase();
  cast = await createCast();
  [one, two] = await Promise.all([start(), start()]);
});
afterEach(() => open.splice(0).forEach((page) => page.close()));
afterAll(async () => {
  await Promise.all([one.kill(), two.kill()]);
  await redis.stop();
  await database.drop();
});

describe('two processes with a Redis', () => {
  test('tell each other who comes, who looks where, and who goes', async () => {
    const ticket = await createTicket(cast);
    const ada = await board(one, cast.ada);
    await isKnown(ada, true);
    const ben = await board(two, cast.ben);
    await shows(ada, cast.ben, true);
    ben.socket.emit('look', { ticket });
    await hears(ada, 'looks', { ticket, members: [cast.ben.memberId] });
    const mona = await board(one, cast.mona);
    const { presence } = await mona.ready();
    expect(presence.online.toSorted()).toEqual([cast.ada.memberId, cast.ben.memberId, cast.mona.memberId].toSorted());
    expect(presence.looks).toEqual([{ ticket, members: [cast.ben.memberId] }]);
    ben.close();
    await hears(ada, 'looks', { ticket, members: [] });
    await shows(ada, cast.ben, false);
  });

  test('tell of a look only those who may see the ticket', async () => {
    const ticket = await createTicket(cast);
    const [ada, gus, ben] = [await board(one, cast.ada), await board(one, cast.gus), await board(two, cast.ben)];
    ben.socket.emit('look', { ticket });
    await hears(ada, 'looks', { ticket, members: [cast.ben.memberId] });
    expect(told(gus, 'looks')).toEqual([]);
    await run(cast.ada, 'ticket.move', { ticket, pool: cast.lift });
    await hears(ada, 'looks', { ticket, members: [] });
  });

  test('carry typing to colleagues and customers of the other', async () => {
    const ticket = await createTicket(cast);
    const { linkId } = await linkFor(cast, ticket);
    const [ada, ben] = [await board(one, cast.ada), await board(two, cast.ben)];
    const customer = await openTicketPage({ live: one }, linkId);
    open.push(customer);
    ben.socket.emit('look', { ticket });
    await hears(ada, 'looks', { ticket, members: [cast.ben.memberId] });
    ben.socket.emit('typing', { ticket, where: 'public' });
    await hears(ada, 'typing', { ticket, member: cast.ben.memberId, where: 'public' });
    await hears(customer, 'typing', { isTyping: true });
    ben.socket.emit('typing', { ticket, where: null });
    await hears(customer, 'typing', { isTyping: false });
    customer.socket.emit('typing', { isTyping: true });
    await hears(ben, 'typing', { ticket, member: null, where: 'public' });
    expect(told(ben, 'typing')).not.toContainEqual({ ticket, member: cast.ben.memberId, where: 'public' });
  });

  test('forget who was in a process that was killed', async () => {
    const third = await start();
    const ada = await board(one, cast.ada);
    const ben = await board(third, cast.ben);
    await shows(ada, cast.ben, true);
    ben.socket.io.reconnection(false);
    await third.kill();
    await shows(ada, cast.ben, false);
  });
});

describe('without its Redis', () => {
  test.each([
    ['killed', () => redis.kill(), () => redis.start()],
    ['hanging', () => redis.pause(), () => redis.resume()],
  ])('(%s) presence is off, the rest goes on, and it comes back by itself', async (_, away, back) => {
    const [ada, ben] = [await board(one, cast.ada), await board(two, cast.ben)];
    await shows(ada, cast.ben, true);
    await away();
    await Promise.all([isKnown(ada, false), isKnown(ben, false)]);
    // Somebody who comes now is let in and told that nothing is known.
    const mona = await board(two, cast.mona);
    expect((await mona.ready()).presence).toEqual({ isAvailable: false, online: [], looks: [], types: [] });
    const ticket = await createTicket(cast);
    await run(cast.ben, 'ticket.claim', { ticket });
    await Promise.all([ada, ben, mona].map((page) => page.frame('ticket.claimed', (frame) => frame.ticket === ticket)));
    expect(told(ada, 'online')).not.toContainEqual({ member: cast.mona.memberId, isOnline: true });
    await back();
    await Promise.all([ada, ben, mona].map((page) => isKnown(page, true)));
    await shows(ada, cast.mona, true);
  });

  test('a process starts, and presence comes with the Redis', async () => {
    await redis.kill();
    const third = await start();
    const ben = await board(third, cast.ben);
    expect((await ben.ready()).presence.isAvailable).toBe(false);
    expect(await ben.command('ticket.claim', { ticket: await createTicket(cast) })).toMatchObject({ ok: true });
    await redis.start();
    await isKnown(ben, true);
    await third.kill();
  });
});

test('without any Redis each process knows of its own pages', async () => {
  const [first, second] = await Promise.all([startKillable(database.url, 0), startKillable(database.url, 0)]);
  const [ada, ben] = [await board(first, cast.ada), await board(second, cast.ben)];
  expect((await ada.ready()).presence).toMatchObject({ isAvailable: true, online: [cast.ada.memberId] });
  expect((await ben.ready()).presence).toMatchObject({ isAvailable: true, online: [cast.ben.memberId] });
  const ticket = await createTicket(cast);
  await ada.frame('ticket.created', (frame) => frame.ticket === ticket);
  await ben.frame('ticket.created', (frame) => frame.ticket === ticket);
  await Promise.all([first.kill(), second.kill()]);
});
