import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { apply, boardFrom, isUnread } from '#lib/shared/board.ts';
import { snapshot } from '#server/domain/board.ts';
import { endSession } from '#server/auth/sessions.ts';
import { createCast, createTicket, linkFor, run, type Cast, type Member } from '../../support/cast.ts';
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

describe('two agents', () => {
  test('see the card fly to whoever claimed it', async () => {
    const ticket = await createTicket(cast);
    const [ben, mona] = [await board(cast.ben), await board(cast.mona)];
    const answer = await ben.command('ticket.claim', { ticket });
    const frame = await mona.frame('ticket.claimed', (one) => one.ticket === ticket);
    expect(frame).toMatchObject({
      seq: answer.ok && answer.seq,
      actor: { kind: 'member', id: cast.ben.memberId },
      card: {
        id: ticket,
        member: cast.ben.memberId,
        status: 'assigned',
        subject: 'Heizung kalt',
        customer: 'Petra Weber',
      },
    });
    // The author receives his own event too, with the command's id.
    expect((await ben.frame('ticket.claimed')).command).toBe(frame.command);
  });

  test('who grab at once get one winner, and the other is told who', async () => {
    const ticket = await createTicket(cast);
    const [ben, mona] = [await board(cast.ben), await board(cast.mona)];
    const answers = await Promise.all([ben, mona].map((page) => page.command('ticket.claim', { ticket })));
    const [lost] = answers.filter((answer) => !answer.ok);
    const winner = answers[0]?.ok ? cast.ben.memberId : cast.mona.memberId;
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    expect(lost).toEqual({ ok: false, error: { code: 'ticket.taken', detail: { winner } } });
  });
});

describe('a command by socket', () => {
  test('sent twice is done once and answered the same', async () => {
    const ben = await board(cast.ben);
    const ticket = await createTicket(cast);
    const id = randomUUID();
    const [first, second] = await Promise.all([1, 2].map(() => ben.command('ticket.claim', { ticket }, id)));
    expect(first).toMatchObject({ ok: true });
    expect(second).toEqual(first);
    await ben.settled(first?.ok ? first.seq : 0);
    expect(ben.frames.filter((frame) => frame.command === id)).toHaveLength(1);
  });

  test('is refused with a code, and never takes another shape down with it', async () => {
    const cleo = await board(cast.cleo);
    const ticket = await createTicket(cast);
    expect(await cleo.command('ticket.claim', { ticket })).toMatchObject({
      ok: false,
      error: { code: 'ticket.notFound' },
    });
    expect(await cleo.command('no.such', {})).toMatchObject({ ok: false, error: { code: 'command.unknown' } });
    expect(await cleo.command('ticket.claim', { ticket: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'bad.input' },
    });
    expect(await cleo.command('ticket.claim', { ticket }, 'x')).toMatchObject({
      ok: false,
      error: { code: 'bad.input' },
    });
    cleo.socket.emit('catchup', JSON.parse('{"cursor":-1}'), () => undefined);
    cleo.socket.emit('look', JSON.parse('"nonsense"'));
    expect(cleo.socket.connected).toBe(true);
  });

  test('comes too often from a machine', async () => {
    const cleo = await board(cast.cleo);
    const answers = await Promise.all(Array.from({ length: 80 }, () => cleo.command('no.such', {})));
    expect(answers.some((answer) => !answer.ok && answer.error.code === 'too.many')).toBe(true);
  });
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

test('writers at once leave no gap, and each frame names the one before it in its rooms', async () => {
  const mona = await board(cast.mona);
  const { seq: from } = await mona.ready();
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      run(i % 2 ? cast.ada : cast.mona, 'ticket.create', { subject: `Nr. ${i}`, pool: cast.heating }),
    ),
  );
  const last = Math.max(...answers.map(({ seq }) => seq));
  await mona.settled(last);
  const frames = mona.frames.filter((frame) => frame.seq > from);
  const seqs = await desk.database.owner<{ seq: number }[]>`
    select seq from lotse.events
    where workspace_id = ${cast.workspaceId} and class = 'staff' and seq > ${from} and seq <= ${last}
    order by seq
  `;
  expect(frames.map((frame) => frame.seq)).toEqual(seqs.map(({ seq }) => seq));
  for (const [i, frame] of frames.entries()) {
    if (i > 0) expect(frame.prev['moderators']).toBe(frames[i - 1]?.seq);
  }
});

describe('a change of rights', () => {
  test('grants and withdraws at once, and asks for a new snapshot', async () => {
    const cleo = await board(cast.cleo);
    const before = (await cleo.ready()).seq;
    await createTicket(cast, { subject: 'vorher' });
    await run(cast.ada, 'pool.setAccess', { pool: cast.heating, member: cast.cleo.memberId, allowed: true });
    const during = await createTicket(cast, { subject: 'während' });
    await run(cast.ada, 'pool.setAccess', { pool: cast.heating, member: cast.cleo.memberId, allowed: false });
    const { seq } = await run(cast.ada, 'ticket.change', { ticket: during, priority: 'urgent' });
    const answer = await cleo.settled(seq);
    expect(answer).toMatchObject({ frames: [] });
    expect(cleo.frames.flatMap((frame) => frame.card?.subject ?? [])).toEqual(['während']);
    expect(await cleo.catchUp(before)).toEqual({ snapshot: true });
    expect(cleo.readys.map(({ rooms }) => rooms.includes(`pool:${cast.heating}`))).toEqual([false, true, false]);
  });

  test('of a group, of a role, of a group in a pool', async () => {
    const gus = await board(cast.gus);
    const lift = `pool:${cast.lift}`;
    await gus.until(() => gus.readys.at(-1)?.rooms.includes(lift));
    await run(cast.ada, 'group.setMember', { group: cast.caretakers, member: cast.gus.memberId, isMember: false });
    await gus.until(() => !gus.readys.at(-1)?.rooms.includes(lift));
    await run(cast.ada, 'member.change', { member: cast.gus.memberId, role: 'moderator' });
    await gus.until(() => gus.readys.at(-1)?.rooms.includes('moderators'));
    await run(cast.ada, 'member.change', { member: cast.gus.memberId, role: 'member' });
    await gus.until(() => !gus.readys.at(-1)?.rooms.includes('moderators'));
    await run(cast.ada, 'group.setMember', { group: cast.caretakers, member: cast.gus.memberId, isMember: true });
    await run(cast.ada, 'pool.setAccess', { pool: cast.heating, group: cast.caretakers, allowed: true });
    await gus.until(() => gus.readys.at(-1)?.rooms.includes(`pool:${cast.heating}`));
    await run(cast.ada, 'pool.setAccess', { pool: cast.heating, group: cast.caretakers, allowed: false });
    await gus.until(() => !gus.readys.at(-1)?.rooms.includes(`pool:${cast.heating}`));
  });

  test('to none ends the connection for good', async () => {
    const gus = await board(cast.gus);
    await run(cast.ada, 'member.change', { member: cast.gus.memberId, isActive: false });
    expect(await gus.until(() => gus.ended)).toEqual({ code: 'member.deactivated' });
    await gus.until(() => gus.socket.disconnected);
    await run(cast.ada, 'member.change', { member: cast.gus.memberId, isActive: true });
  });
});

test('who loses sight of a ticket learns that it left and nothing more', async () => {
  const ben = await board(cast.ben);
  const ticket = await createTicket(cast, { subject: 'geheim' });
  await ben.frame('ticket.created', (frame) => frame.ticket === ticket);
  const seen = ben.frames.length;
  await run(cast.ada, 'ticket.move', { ticket, pool: cast.lift });
  const { seq } = await run(cast.ada, 'ticket.change', { ticket, subject: 'ganz geheim' });
  await ben.settled(seq);
  expect(ben.frames.slice(seen)).toMatchObject([{ type: 'ticket.left', ticket, data: { ticket } }]);
  expect(ben.frames.slice(seen)[0]).not.toHaveProperty('card');
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

test('another workspace hears nothing', async () => {
  const zoe = await board(cast.zoe);
  await createTicket(cast);
  const { seq } = await run(cast.zoe, 'pool.create', { name: 'Netz' });
  await zoe.settled(seq);
  expect(zoe.frames.map((frame) => frame.type)).toEqual(['pool.created', 'access.changed']);
});

describe('the door', () => {
  const knock = async (options: { workspace?: string; cookie?: string; origin?: string }) => {
    const { workspace, ...rest } = options;
    const page = new Page(desk.live.url, { auth: { workspace }, ...rest });
    open.push(page);
    await page.until(() => page.refusal ?? page.readys[0]);
    return page.refusal;
  };

  test('is opened by a session of a member alone', async () => {
    const workspace = await slugOf(desk.database, cast.workspaceId);
    const foreign = await slugOf(desk.database, cast.zoe.workspaceId);
    const { cookie } = await signInAs(desk.database, cast.ben);
    expect(await knock({ workspace })).toBe('signIn.needed');
    expect(await knock({ workspace, cookie: 'sb-lotse=base64-e30' })).toBe('signIn.needed');
    expect(await knock({ workspace: foreign, cookie })).toBe('workspace.notFound');
    expect(await knock({ workspace: 'nirgends', cookie })).toBe('workspace.notFound');
    expect(await knock({ cookie })).toBe('workspace.notFound');
    expect(await knock({ workspace, cookie })).toBeNull();
  });

  test('is closed to pages of other sites', async () => {
    const workspace = await slugOf(desk.database, cast.workspaceId);
    const { cookie } = await signInAs(desk.database, cast.ben);
    expect(await knock({ workspace, cookie, origin: 'https://evil.example' })).toBe('websocket error');
    expect(await knock({ workspace, cookie, origin: 'null' })).toBe('websocket error');
    expect(await knock({ workspace, cookie, origin: desk.live.url })).toBeNull();
  });

  test('closes behind a session that was revoked', async () => {
    const workspace = await slugOf(desk.database, cast.workspaceId);
    const { cookie, sessionId } = await signInAs(desk.database, cast.ben);
    const page = new Page(desk.live.url, { auth: { workspace }, cookie });
    const other = await board(cast.ben);
    await page.ready();
    const [row] = await desk.database.owner<
      { userId: string }[]
    >`select user_id from lotse.members where id = ${cast.ben.memberId}`;
    await endSession({ sessionId, userId: row?.userId ?? '' });
    await desk.live.check();
    expect(await page.until(() => page.ended)).toEqual({ code: 'session.ended' });
    expect(other.ended).toBeNull();
  });
});

test('a lost wake-up costs a second, not an event', async () => {
  const ben = await board(cast.ben);
  await desk.database.owner`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'
  `;
  const ticket = await createTicket(cast);
  await ben.frame('ticket.created', (frame) => frame.ticket === ticket);
  expect(desk.live.isReady?.()).toBe(true);
});
