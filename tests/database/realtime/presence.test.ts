import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCast, createTicket, linkFor, run, type Cast, type Member } from '../../support/cast.ts';
import { createLiveDatabase, openBoard, openTicketPage, startLive, type Desk, type Page } from '../../support/live.ts';
import { until } from '../../support/until.ts';

let desk: Desk;
let cast: Cast;
const open: Page[] = [];

const keep = (page: Page) => {
  open.push(page);
  return page;
};
const board = async (member: Member) => keep(await openBoard(desk, member));
const told = (page: Page, name: string) => page.told.flatMap(([what, value]) => (what === name ? [value] : []));
const hears = (page: Page, name: string, value: object) =>
  page.until(
    () => told(page, name).some((one) => JSON.stringify(one) === JSON.stringify(value)),
    JSON.stringify(value),
  );

beforeAll(async () => {
  desk = { database: await createLiveDatabase(), live: await startLive() };
  cast = await createCast();
});
afterEach(() => open.splice(0).forEach((page) => page.close()));
afterAll(async () => {
  await desk.live.stop();
  await desk.database.drop();
});

test('colleagues see who comes and who is there', async () => {
  const ada = await board(cast.ada);
  const ben = await board(cast.ben);
  await hears(ada, 'online', { member: cast.ben.memberId, isOnline: true });
  expect((await ben.ready()).presence.online.toSorted()).toEqual([cast.ada.memberId, cast.ben.memberId].toSorted());
  ben.close();
  await hears(ada, 'online', { member: cast.ben.memberId, isOnline: false });
});

test('who comes while somebody loads his page anew sees him there', async () => {
  const [ada, ben] = [await board(cast.ada), await board(cast.ben)];
  await hears(ada, 'online', { member: cast.ben.memberId, isOnline: true });
  const ticket = await createTicket(cast);
  ben.socket.emit('look', { ticket });
  await hears(ada, 'looks', { ticket, members: [cast.ben.memberId] });
  ben.close();
  await hears(ada, 'looks', { ticket, members: [] });
  const mona = await board(cast.mona);
  expect((await mona.ready()).presence.online).toContain(cast.ben.memberId);
});

describe('a look at a ticket', () => {
  test('is seen by those who may see the ticket, also by who comes later', async () => {
    const ticket = await createTicket(cast);
    const [ada, ben, gus] = [await board(cast.ada), await board(cast.ben), await board(cast.gus)];
    ben.socket.emit('look', { ticket });
    await hears(ada, 'looks', { ticket, members: [cast.ben.memberId] });
    ada.socket.emit('look', { ticket });
    await hears(ben, 'looks', { ticket, members: [cast.ada.memberId, cast.ben.memberId] });
    const mona = await board(cast.mona);
    expect((await mona.ready()).presence.looks[0]?.members.toSorted()).toEqual(
      [cast.ada.memberId, cast.ben.memberId].toSorted(),
    );
    ben.close();
    await hears(ada, 'looks', { ticket, members: [cast.ada.memberId] });
    expect(told(gus, 'looks')).toEqual([]);
    const cleo = await board(cast.cleo);
    expect((await cleo.ready()).presence.looks).toEqual([]);
  });

  test('stands in the history once in ten minutes', async () => {
    const ticket = await createTicket(cast);
    const [ben, second, ada] = [await board(cast.ben), await board(cast.ben), await board(cast.ada)];
    for (const page of [ben, second]) page.socket.emit('look', { ticket });
    await hears(ada, 'looks', { ticket, members: [cast.ben.memberId] });
    ben.socket.emit('look', { ticket: null });
    ben.socket.emit('look', { ticket });
    ada.socket.emit('look', { ticket });
    await ben.until(() => JSON.stringify(told(ben, 'looks').at(-1) ?? {}).includes(cast.ada.memberId));
    const views = await desk.database.owner<
      { memberId: string }[]
    >`select member_id from lotse.ticket_views where ticket_id = ${ticket}`;
    expect(views.map((view) => view.memberId).toSorted()).toEqual([cast.ada.memberId, cast.ben.memberId].toSorted());
  });

  test('that was taken back before it was answered does not come back', async () => {
    const [ticket, next] = [await createTicket(cast), await createTicket(cast)];
    const [ada, ben] = [await board(cast.ada), await board(cast.ben)];
    await desk.database.owner.begin(async (sql) => {
      // What keeping the look waits for (server/domain/views.ts).
      await sql`select pg_advisory_xact_lock(hashtextextended('view:' || ${ticket}::text || ${cast.ben.memberId}::text, 0))`;
      ben.socket.emit('look', { ticket });
      ben.socket.emit('look', { ticket: null });
      // Answered after what was said before it.
      await ben.command('no.such', {});
    });
    await until(async () => {
      const kept = await desk.database.owner`select from lotse.ticket_views where ticket_id = ${ticket}`;
      return kept.length > 0;
    });
    ben.socket.emit('look', { ticket: next });
    await hears(ada, 'looks', { ticket: next, members: [cast.ben.memberId] });
    expect(told(ada, 'looks')).toHaveLength(1);
  });

  test('is taken back also by who was so quick that no more of his looks are heard', async () => {
    const ticket = await createTicket(cast);
    const [ada, ben] = [await board(cast.ada), await board(cast.ben)];
    ben.socket.emit('look', { ticket });
    await hears(ada, 'looks', { ticket, members: [cast.ben.memberId] });
    for (let i = 0; i < 40; i++) ben.socket.emit('typing', { ticket, where: null });
    ben.socket.emit('look', { ticket: null });
    await hears(ada, 'looks', { ticket, members: [] });
  });

  test('at somebody else’s ticket is none', async () => {
    const ticket = await createTicket(cast);
    const [ada, cleo] = [await board(cast.ada), await board(cast.cleo)];
    cleo.socket.emit('look', { ticket });
    await cleo.command('no.such', {});
    ada.socket.emit('look', { ticket });
    await hears(ada, 'looks', { ticket, members: [cast.ada.memberId] });
    expect(JSON.stringify(told(ada, 'looks'))).not.toContain(cast.cleo.memberId);
    expect(
      await desk.database.owner`select 1 from lotse.ticket_views where member_id = ${cast.cleo.memberId}`,
    ).toHaveLength(0);
  });

  test('ends with the sight of it', async () => {
    const ticket = await createTicket(cast);
    const [ada, ben] = [await board(cast.ada), await board(cast.ben)];
    ben.socket.emit('look', { ticket });
    await hears(ada, 'looks', { ticket, members: [cast.ben.memberId] });
    await run(cast.ada, 'ticket.move', { ticket, pool: cast.lift });
    await hears(ada, 'looks', { ticket, members: [] });
  });
});

describe('typing', () => {
  test('in public is known to the customer as the team’s, never whose', async () => {
    const ticket = await createTicket(cast);
    const { linkId } = await linkFor(cast, ticket);
    const [ada, ben, gus] = [await board(cast.ada), await board(cast.ben), await board(cast.gus)];
    const customer = keep(await openTicketPage(desk, linkId));
    ben.socket.emit('look', { ticket });
    await hears(ada, 'looks', { ticket, members: [cast.ben.memberId] });
    ben.socket.emit('typing', { ticket, where: 'internal' });
    await hears(ada, 'typing', { ticket, member: cast.ben.memberId, where: 'internal' });
    ben.socket.emit('typing', { ticket, where: 'public' });
    await hears(ada, 'typing', { ticket, member: cast.ben.memberId, where: 'public' });
    await hears(customer, 'typing', { isTyping: true });
    ben.socket.emit('typing', { ticket, where: null });
    await hears(ada, 'typing', { ticket, member: cast.ben.memberId, where: null });
    await hears(customer, 'typing', { isTyping: false });
    // Twice by the internal word, had it leaked.
    expect(told(customer, 'typing')).toEqual([{ isTyping: true }, { isTyping: false }]);
    expect(told(ben, 'typing')).toEqual([]);
    expect(told(gus, 'typing')).toEqual([]);
  });

  test('by the customer is known to the agents, and forgotten when no further word comes', async () => {
    const ticket = await createTicket(cast);
    const { linkId } = await linkFor(cast, ticket);
    const [ben, gus] = [await board(cast.ben), await board(cast.gus)];
    const customer = keep(await openTicketPage(desk, linkId));
    customer.socket.emit('typing', { isTyping: true });
    await hears(ben, 'typing', { ticket, member: null, where: 'public' });
    await hears(ben, 'typing', { ticket, member: null, where: null });
    expect(told(gus, 'typing')).toEqual([]);
    expect(told(customer, 'typing')).toEqual([]);
  });

  test('in a ticket that is not open here is nobody’s', async () => {
    const ticket = await createTicket(cast);
    const [ada, cleo] = [await board(cast.ada), await board(cast.cleo)];
    cleo.socket.emit('typing', { ticket, where: 'public' });
    await cleo.command('no.such', {});
    ada.socket.emit('look', { ticket });
    await hears(ada, 'looks', { ticket, members: [cast.ada.memberId] });
    expect(told(ada, 'typing')).toEqual([]);
  });
});
