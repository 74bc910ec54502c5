import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCast, createTicket, run, type Cast, type Member } from '../../support/cast.ts';
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
    // Heard after these two, and still answered.
    expect(await cleo.command('no.such', {})).toMatchObject({ ok: false, error: { code: 'command.unknown' } });
    expect(cleo.socket.connected).toBe(true);
  });

  test('comes too often from a machine', async () => {
    const cleo = await board(cast.cleo);
    const answers = await Promise.all(Array.from({ length: 80 }, () => cleo.command('no.such', {})));
    expect(answers.some((answer) => !answer.ok && answer.error.code === 'too.many')).toBe(true);
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
    // Else both changes may be read as one, and what lies between them is no longer hers.
    await cleo.until(() => cleo.readys.length === 2);
    const during = await createTicket(cast, { subject: 'während' });
    await cleo.frame('ticket.created', (frame) => frame.ticket === during);
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

test('another workspace hears nothing', async () => {
  const zoe = await board(cast.zoe);
  await createTicket(cast);
  const { seq } = await run(cast.zoe, 'pool.create', { name: 'Netz' });
  await zoe.settled(seq);
  expect(zoe.frames.map((frame) => frame.type)).toEqual(['pool.created', 'access.changed']);
});
