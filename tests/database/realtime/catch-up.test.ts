import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { apply, boardFrom, isUnread } from '#lib/shared/board.ts';
import { pool } from '#server/database/pool.ts';
import { snapshot } from '#server/domain/board.ts';
import { createCast, createTicket, linkFor, run, type Cast, type Member } from '../../support/cast.ts';
import { createLiveDatabase, openBoard, Page, startLive, type Desk } from '../../support/live.ts';

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

describe('after a dropped connection', () => {
  test('what was missed comes by cursor, in order and once', async () => {
    const ben = await board(cast.ben);
    const { seq } = await run(cast.ada, 'ticket.change', { ticket: await createTicket(cast), priority: 'high' });
    await ben.settled(seq);
    const joined = ben.readys.length;
    ben.socket.io.engine.close();
    const tickets = [await createTicket(cast), await createTicket(cast), await createTicket(cast, { pool: cast.lift })];
    await ben.until(() => ben.readys.length > joined);
    const answer = await ben.catchUp(seq);
    const frames = 'frames' in answer ? answer.frames : [];
    expect(frames.filter((frame) => frame.type === 'ticket.created').map((frame) => frame.ticket)).toEqual(
      tickets.slice(0, 2),
    );
    expect(frames.map((frame) => frame.seq)).toEqual(
      [...new Set(frames.map((frame) => frame.seq))].toSorted((a, b) => a - b),
    );
  });

  test('also over a restart of the server', async () => {
    const mona = await board(cast.mona);
    const { seq } = await mona.ready();
    const joined = mona.readys.length;
    await desk.live.stop();
    const ticket = await createTicket(cast);
    desk.live = await startLive(desk.live.port);
    await mona.until(() => mona.readys.length > joined);
    const answer = await mona.catchUp(seq);
    expect('frames' in answer && answer.frames.map((frame) => frame.ticket)).toContain(ticket);
  });

  test('an event older than the memory comes from the database', async () => {
    const { seq } = await run(cast.ada, 'pool.change', { pool: cast.heating, name: 'Heizung und Wasser' });
    const ticket = await createTicket(cast);
    for (let i = 0; i < 52; i++) {
      await Promise.all(
        Array.from({ length: 10 }, (_, j) => run(cast.ada, 'ticket.change', { ticket, kind: `Art ${i} ${j}` })),
      );
    }
    await desk.live.stop();
    desk.live = await startLive(desk.live.port);
    const ben = await board(cast.ben);
    const answer = await ben.catchUp(seq);
    expect('frames' in answer && answer.frames[0]).toMatchObject({ type: 'ticket.created', ticket });
    expect('frames' in answer && answer.frames.length).toBe(521);
  });

  test('a cursor of last week, and one from the future, mean a new snapshot', async () => {
    const ben = await board(cast.ben);
    const { seq } = await ben.ready();
    expect(await ben.catchUp(seq + 1000)).toEqual({ snapshot: true });
    await desk.database.owner.begin(async (sql) => {
      await sql`alter table lotse.events disable trigger user`;
      await sql`update lotse.events set created_at = now() - interval '8 days' where workspace_id = ${cast.workspaceId}`;
      await sql`alter table lotse.events enable trigger user`;
    });
    await desk.live.stop();
    desk.live = await startLive(desk.live.port);
    const again = await board(cast.ben);
    expect(await again.catchUp(seq - 3)).toEqual({ snapshot: true });
  });
});

test('a subject that became secret meanwhile is not read out of old events', async () => {
  const ben = await board(cast.ben);
  const { seq } = await ben.ready();
  const ticket = await createTicket(cast, { subject: 'Wasser im Keller' });
  await run(cast.ada, 'ticket.move', { ticket, pool: cast.lift });
  const last = await run(cast.ada, 'ticket.change', { ticket, subject: 'Geheimnis' });
  await ben.settled(last.seq);
  const answer = await ben.catchUp(seq);
  const frames = 'frames' in answer ? answer.frames : [];
  expect(frames.find((frame) => frame.type === 'ticket.created')?.card).toMatchObject({
    id: ticket,
    subject: '',
    customer: '',
  });
  expect(JSON.stringify([frames, ben.frames])).not.toContain('Geheimnis');
});

test('what was read stays read when the ticket comes back to the board', async () => {
  const ticket = await createTicket(cast);
  await run(await linkFor(cast, ticket), 'message.post', {
    ticket,
    kind: 'message',
    visibility: 'public',
    html: '<p>Hallo?</p>',
  });
  await run(cast.ben, 'ticket.read', { ticket, at: new Date().toISOString() });
  await run(cast.ada, 'ticket.close', { ticket, inform: false });
  const ben = await board(cast.ben);
  const here = boardFrom(await snapshot(cast.ben));
  const { seq } = await run(cast.ada, 'ticket.reopen', { ticket });
  await ben.settled(seq);
  for (const frame of ben.frames) apply(here, frame);
  const card = here.cards.get(ticket);
  expect(card && isUnread(here, card)).toBe(false);
});

test('a lost listener costs a second, not an event, and is there again', async () => {
  const ben = await board(cast.ben);
  // As the server's own login: another may not see what its connections do.
  const listeners = (end: boolean) => pool()<{ ended: boolean | null }[]>`
    select case when ${end} then pg_terminate_backend(pid) end as ended
    from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'
  `;
  expect(await listeners(true)).toEqual([{ ended: true }]);
  const ticket = await createTicket(cast);
  await ben.frame('ticket.created', (frame) => frame.ticket === ticket);
  expect(desk.live.isReady?.()).toBe(true);
  await expect.poll(async () => (await listeners(false)).length).toBe(1);
});
