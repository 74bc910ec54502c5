import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import type { Member } from '../../support/cast.ts';
import { linkFor } from '../../support/cast.ts';
import { Chance } from '../../support/chance.ts';
import { createLiveDatabase, openTicketPage, startLive, type Desk, type Page } from '../../support/live.ts';
import { Screen } from '../../support/screen.ts';
import { createWorld, happening, perform, rulesOf, type Call, type World } from '../../support/world.ts';

let desk: Desk;

beforeAll(async () => {
  desk = { database: await createLiveDatabase(), live: await startLive() };
});
afterAll(async () => {
  await desk.live.stop();
  await desk.database.drop();
});

type Event = {
  seq: number;
  class: string;
  type: string;
  audience: string[];
  commandId: string | null;
  ticketId: string | null;
};

const eventsOf = (world: World, after: number) => desk.database.owner<Event[]>`
  select seq, class, type, audience, command_id, ticket_id
  from lotse.events
  where workspace_id = ${world.workspaceId} and seq > ${after}
  order by seq
`;

async function headOf({ workspaceId }: World): Promise<number> {
  const [row] = await desk.database.owner<{ eventSeq: number }[]>`
    select event_seq from lotse.workspace_counters where workspace_id = ${workspaceId}
  `;
  return row?.eventSeq ?? 0;
}

const meets = (rooms: ReadonlySet<string>, audience: readonly string[]) => audience.some((room) => rooms.has(room));

async function openScreens(world: World): Promise<Screen[]> {
  return Promise.all(world.members.map((member) => Screen.open(desk, member)));
}

describe.each([1, 2, 3, 4])('in random world %i', (seed) => {
  test('each socket is sent, step by step, audience ∩ rights; boards and history agree with the database', async () => {
    const chance = new Chance(seed);
    const world = await createWorld(chance);
    const rules = await rulesOf(desk.database.owner, world);
    const screens = await openScreens(world);
    let head = await headOf(world);
    const done: string[] = [];
    for (let step = 0; step < 50; step++) {
      const call = happening(world, chance);
      const answer = await perform(call);
      if (!answer.ok) continue;
      done.push(call.name);
      const events = await eventsOf(world, head);
      head = events.at(-1)?.seq ?? head;
      await Promise.all(screens.map(({ page }) => page.settled(head)));
      const audiences = await presentAudiences(world);
      const expected = screens.map(() => [] as { seq: number; text: boolean | undefined }[]);
      for (const event of events) {
        for (const [i, { member }] of screens.entries()) {
          const rooms = rules.rooms(member.memberId);
          if (event.class !== 'staff' || !meets(rooms, event.audience)) continue;
          expected[i]?.push({ seq: event.seq, text: meets(rooms, audiences.get(event.ticketId ?? '') ?? []) });
        }
        if (event.type === 'access.changed') rules.happened(call);
      }
      for (const [i, screen] of screens.entries()) {
        const what = `${seed}.${step} ${call.name} for ${screen.member.name}`;
        const frames = await screen.take();
        expect(
          frames.map(({ seq }) => seq),
          what,
        ).toEqual(expected[i]?.map(({ seq }) => seq));
        for (const [at, frame] of frames.entries()) {
          if (frame.card) expect(frame.card.subject !== '', `${what} ${frame.type}`).toBe(expected[i]?.[at]?.text);
        }
        await screen.expectFresh(what);
      }
    }
    expect(new Set(done).size).toBeGreaterThan(10);
    for (const { member, page } of screens) {
      await expectHistory(world, member);
      page.close();
    }
  });
});

async function presentAudiences({ workspaceId }: World): Promise<Map<string, string[]>> {
  const rows = await desk.database.owner<{ id: string; audience: string[] }[]>`
    select id, audience from lotse.tickets where workspace_id = ${workspaceId}
  `;
  return new Map(rows.map((row) => [row.id, row.audience]));
}

type Ticket = {
  id: string;
  poolId: string;
  responsibleMemberId: string | null;
  responsibleGroupId: string | null;
  ownerIds: string[];
};

/** History under RLS is what the present state of each ticket allows, told here without RLS. */
async function expectHistory(world: World, { memberId, workspaceId }: Member): Promise<void> {
  const rules = await rulesOf(desk.database.owner, world);
  const rooms = rules.rooms(memberId);
  const { owner } = desk.database;
  const [me] = await owner<{ role: string }[]>`select role from lotse.members where id = ${memberId}`;
  const tickets = await owner<Ticket[]>`
    select id, pool_id, responsible_member_id, responsible_group_id, owner_ids from lotse.tickets where workspace_id = ${workspaceId}
  `;
  const seen = new Set(
    tickets
      .filter(
        (ticket) =>
          rooms.has('moderators') ||
          rooms.has(`pool:${ticket.poolId}`) ||
          rooms.has(`group:${ticket.responsibleGroupId}`) ||
          ticket.responsibleMemberId === memberId ||
          ticket.ownerIds.includes(memberId),
      )
      .map(({ id }) => id),
  );
  const wanted = (await eventsOf(world, 0)).filter(
    (event) => event.class === 'staff' && (event.ticketId ? seen.has(event.ticketId) : me?.role === 'administrator'),
  );
  const shown = await asMember(
    { workspaceId, memberId },
    ({ sql }) => sql<{ seq: number }[]>`select seq from lotse.events order by seq`,
    { readOnly: true },
  );
  expect(shown.map(({ seq }) => seq)).toEqual(wanted.map(({ seq }) => seq));
}

describe.each([11, 12, 13, 14, 15])('in random world %i, with many at once', (seed) => {
  test('nobody is sent more than his rights at that seq, and every board ends up right', async () => {
    const chance = new Chance(seed);
    const world = await createWorld(chance);
    const rules = await rulesOf(desk.database.owner, world);
    const screens = await openScreens(world);
    const from = await headOf(world);
    const calls = new Map<string, Call>();
    for (let wave = 0; wave < 12; wave++) {
      const now = Array.from({ length: 8 }, () => happening(world, chance));
      for (const call of now) calls.set(call.id, call);
      await Promise.all(now.map(perform));
    }
    const head = await headOf(world);
    await Promise.all(screens.map(({ page }) => page.settled(head)));
    const sent = screens.map(({ page }) => new Set(page.frames.map(({ seq }) => seq)));
    const allowed = screens.map(() => new Set<number>());
    const owed = screens.map(() => [] as number[]);
    for (const event of await eventsOf(world, from)) {
      if (event.class !== 'staff') continue;
      for (const [i, { member }] of screens.entries()) {
        if (!meets(rules.rooms(member.memberId), event.audience)) continue;
        allowed[i]?.add(event.seq);
        // Of what is before a change of his rights he may be spared: he loads anew after it.
        if (event.type === 'access.changed') owed[i]?.splice(0);
        owed[i]?.push(event.seq);
      }
      const cause = calls.get(event.commandId ?? '');
      if (event.type === 'access.changed' && cause) rules.happened(cause);
    }
    for (const [i, screen] of screens.entries()) {
      expect(
        [...(sent[i] ?? [])].filter((seq) => seq > from && !allowed[i]?.has(seq)),
        screen.member.name,
      ).toEqual([]);
      expect(
        owed[i]?.filter((seq) => !sent[i]?.has(seq)),
        screen.member.name,
      ).toEqual([]);
      await screen.take();
      await screen.expectFresh(screen.member.name);
      screen.page.close();
    }
  });
});

test('in a random world customers hear the public events of their ticket while their link lives, and no others', async () => {
  const chance = new Chance(21);
  const world = await createWorld(chance);
  for (let i = 0; i < 25; i++) await perform(happening(world, chance));
  const rows = await desk.database.owner<{ id: string; requesterId: string }[]>`
    select id, requester_id from lotse.tickets
    where workspace_id = ${world.workspaceId} and requester_id is not null and visibility = 'public' and status <> 'draft'
  `;
  const watched: { ticket: string; page: Page; from: number }[] = [];
  for (const { id, requesterId } of rows.slice(0, 4)) {
    const { linkId } = await linkFor(world.cast, id, requesterId);
    const page = await openTicketPage(desk, linkId);
    watched.push({ ticket: id, page, from: await headOf(world) });
  }
  expect(watched.length).toBeGreaterThan(1);
  for (let i = 0; i < 150; i++) await perform(happening(world, chance));
  for (const { ticket, page, from } of watched) {
    const events = (await eventsOf(world, from)).filter((event) => event.ticketId === ticket);
    const drafts = await desk.database.owner<{ seq: number }[]>`
      select seq from lotse.events where ticket_id = ${ticket} and seq > ${from} and class = 'staff' and payload #>> '{card,status}' = 'draft'
    `;
    const left = events.find((event) => event.class === 'customer' && event.type === 'ticket.left')?.seq ?? Infinity;
    const end = Math.min(left, drafts[0]?.seq ?? Infinity);
    const wanted = events.filter((event) => event.class === 'customer' && event.seq < end).map(({ type }) => type);
    if (end < Infinity) expect(await page.until(() => page.ended)).toEqual({ code: 'link.ended' });
    await page.until(() => page.frames.length >= wanted.length, 'the last public event');
    expect(page.frames.map(({ type }) => type)).toEqual(wanted);
    expect(page.frames.every((frame) => frame.ticket === ticket && !frame.card)).toBe(true);
    page.close();
  }
});
