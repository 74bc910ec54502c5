import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Channel } from '#server/realtime/channel.ts';
import { Seat } from '#server/realtime/seat.ts';
import { createCast, createTicket, run, type Cast } from '../../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { Ear, seatOf } from '../../support/outlet.ts';

let db: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  cast = await createCast();
});
afterAll(() => db.drop());

async function channelTo(staffRooms: string[], customerRooms: string[] = []) {
  const outlets = { staff: new Ear(staffRooms), customers: new Ear(customerRooms) };
  const channel = await Channel.open({ workspaceId: cast.workspaceId, outlets, observe: () => undefined });
  return { channel, staff: outlets.staff, customers: outlets.customers };
}

test('rooms that lost a ticket before its events went out get the codes and none of its words', async () => {
  const { channel, staff } = await channelTo(['moderators', `pool:${cast.heating}`, `pool:${cast.lift}`]);
  const ticket = await createTicket(cast, { subject: 'Wasser' });
  await run(cast.ada, 'ticket.move', { ticket, pool: cast.lift });
  await run(cast.ada, 'ticket.change', { ticket, subject: 'Geheim' });
  await channel.read();
  const created = staff.sent.filter(({ frame }) => frame.type === 'ticket.created');
  expect(created).toMatchObject([
    { frame: { card: { subject: 'Geheim', customer: 'Petra Weber' } } },
    { frame: { card: { subject: '', customer: '' } }, rooms: [`pool:${cast.heating}`] },
  ]);
  expect(created[0]?.rooms).not.toContain(`pool:${cast.heating}`);
  expect(created[1]?.except).toEqual(created[0]?.rooms);
  const toHeating = staff.sent.filter(({ rooms }) => rooms.includes(`pool:${cast.heating}`));
  expect(JSON.stringify(toHeating.map(({ frame }) => frame))).not.toContain('Geheim');
});

test('an event goes out once, whoever hears it, and not at all where nobody is', async () => {
  const quiet = await channelTo([]);
  const { channel, staff, customers } = await channelTo([
    'moderators',
    `pool:${cast.heating}`,
    `member:${cast.ada.memberId}`,
  ]);
  const ticket = await createTicket(cast);
  await run(cast.ben, 'ticket.claim', { ticket });
  await Promise.all([channel.read(), quiet.channel.read()]);
  expect(staff.sent.map(({ frame }) => frame.type)).toEqual(['ticket.created', 'ticket.claimed']);
  expect([customers.sent, quiet.staff.sent, quiet.customers.sent]).toEqual([[], [], []]);
  expect(quiet.channel.cursor).toBe(channel.cursor);
});

test('readings that are asked for at once are one, and nothing comes twice', async () => {
  const { channel, staff } = await channelTo(['moderators']);
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      await createTicket(cast);
      await channel.read();
    }),
  );
  const seqs = staff.sent.map(({ frame }) => frame.seq);
  expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
  expect(seqs).toHaveLength(20);
});

test('heartbeats name the last seq of rooms in which something happened, and of quiet ones when asked', async () => {
  const { channel, staff } = await channelTo(['moderators', 'staff', `pool:${cast.heating}`]);
  await createTicket(cast);
  channel.seats.add(seatOf(cast.mona));
  await channel.read();
  channel.beat({ all: false });
  const last = staff.sent.at(-1)?.frame.seq ?? 0;
  expect(staff.beats.toSorted((a, b) => (a.room < b.room ? -1 : 1))).toEqual([
    { room: 'moderators', seq: last, upTo: channel.cursor },
    { room: `pool:${cast.heating}`, seq: last, upTo: channel.cursor },
  ]);
  channel.beat({ all: false });
  expect(staff.beats).toHaveLength(2);
  channel.beat({ all: true });
  const quiet = staff.beats.find(({ room }) => room === 'staff');
  expect(quiet?.seq).toBeLessThan(last);
  expect(quiet?.upTo).toBe(channel.cursor);
});

test('what a customer hears has no card, no name and no room of the team', async () => {
  const ticket = await createTicket(cast);
  const { channel, customers } = await channelTo([], [`customer:${ticket}`]);
  await run(cast.ben, 'ticket.claim', { ticket });
  await run(cast.ben, 'message.post', { ticket, kind: 'comment', visibility: 'internal', html: '<p>unter uns</p>' });
  await channel.read();
  expect(customers.sent.map(({ frame }) => frame)).toEqual([
    {
      seq: 2,
      prev: { [`customer:${ticket}`]: 1 },
      type: 'ticket.claimed',
      ticket,
      at: expect.any(String),
      actor: { kind: 'member', id: null },
      command: null,
      data: { status: 'assigned' },
    },
  ]);
});

test('when rights change again before they were read anew, the later change is heard by whom it concerns', async () => {
  await run(cast.ada, 'group.setMember', { group: cast.caretakers, member: cast.cleo.memberId, isMember: true });
  const { channel, staff } = await channelTo([]);
  const entered: number[] = [];
  const seat: Seat = new Seat(
    { kind: 'member', memberId: cast.cleo.memberId },
    {
      enter(rooms, seq) {
        staff.follow(rooms);
        entered.push(seq);
      },
      leave: (kept) => staff.follow(kept),
      end: () => expect.unreachable(),
    },
  );
  channel.seats.add(seat);
  await channel.read();
  staff.sent.splice(0);
  const access = { pool: cast.heating, member: null, group: null, allowed: true };
  await run(cast.ada, 'pool.setAccess', { ...access, member: cast.cleo.memberId });
  await createTicket(cast, { pool: cast.heating });
  // Goes to the group alone, and was read together with the change before it.
  await run(cast.ada, 'pool.setAccess', { ...access, group: cast.caretakers });
  const after = await createTicket(cast, { pool: cast.heating });
  await channel.read();
  const heard = staff.sent.map(({ frame }) => frame);
  expect(heard.filter(({ type }) => type === 'access.changed')).toHaveLength(2);
  expect(heard.at(-1)).toMatchObject({ type: 'ticket.created', ticket: after });
  // Once more, at the later change: as of then his rights hold.
  expect(entered).toHaveLength(2);
});

test('who comes in the very moment in which a reading ends is let in by the next', async () => {
  const { channel } = await channelTo([]);
  const last = seatOf(cast.mona);
  const first = seatOf(cast.ben, () =>
    queueMicrotask(() => {
      channel.seats.add(last);
      void channel.read();
    }),
  );
  channel.seats.add(first);
  await channel.read();
  await last.entered;
});
