import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  apply,
  boardFrom,
  follows,
  missedSince,
  positionAt,
  type Board,
  type Frame,
  type Position,
  type Snapshot,
} from '#lib/shared/board.ts';
import type { EventType } from '#lib/shared/events.ts';
import { snapshot } from '#server/domain/board.ts';
import { createCast, run, type Cast } from '../../support/cast.ts';
import { Chance } from '../../support/chance.ts';
import { everything } from '../../support/everything.ts';
import { createLiveDatabase, openBoard, startLive, type Desk, type Page } from '../../support/live.ts';

let desk: Desk;
let cast: Cast;
/** Ben sees one pool, Ada everything. */
let viewers: { page: Page; start: Snapshot; rooms: string[] }[];
let ends: Snapshot[];

beforeAll(async () => {
  desk = { database: await createLiveDatabase(), live: await startLive() };
  cast = await createCast();
  // Ada's rights change with it.
  const { result } = await run(cast.ada, 'pool.create', { name: 'Keller' });
  viewers = [];
  for (const member of [cast.ben, cast.ada]) {
    const page = await openBoard(desk, member);
    viewers.push({ page, start: await snapshot(member), rooms: (await page.ready()).rooms });
  }
  await everything(cast, result['pool'] ?? '');
  const { seq } = await run(cast.ada, 'workspace.change', { senderName: 'Nordlicht' });
  await Promise.all(viewers.map(({ page }) => page.settled(seq)));
  ends = [await snapshot(cast.ben), await snapshot(cast.ada)];
});
afterAll(async () => {
  viewers.forEach(({ page }) => page.close());
  await desk.live.stop();
  await desk.database.drop();
});

/** One of each, TypeScript sees to it. The empty ones need rights to change, and are tested in board.test.ts. */
const met: Record<EventType, 'ben' | 'ada' | null> = {
  'ticket.created': 'ben',
  'ticket.claimed': 'ben',
  'ticket.released': 'ben',
  'ticket.assigned': 'ben',
  'ticket.moved': 'ben',
  'ticket.changed': 'ben',
  'ticket.answered': 'ben',
  'ticket.statusChanged': 'ben',
  'ticket.visibilityChanged': 'ben',
  'ticket.closed': 'ben',
  'ticket.consulted': 'ben',
  'ticket.reopened': 'ben',
  'ticket.supported': 'ben',
  'ticket.unsupported': 'ben',
  'ticket.left': 'ben',
  'ticket.read': 'ben',
  'customer.added': 'ben',
  'message.posted': 'ben',
  'message.edited': 'ben',
  'message.withdrawn': 'ben',
  'file.added': 'ben',
  'file.shown': 'ben',
  'file.removed': 'ben',
  'mail.arrived': 'ben',
  'mail.taken': 'ben',
  'mail.letGo': 'ben',
  'mail.decided': 'ben',
  'mail.returned': 'ben',
  'mail.queued': 'ben',
  'mail.changed': 'ben',
  'note.edited': 'ben',
  'link.revoked': 'ben',
  'contact.created': 'ben',
  'contact.changed': 'ben',
  'pool.created': null,
  'pool.changed': 'ben',
  'pool.archived': 'ben',
  'pool.deleted': 'ben',
  'group.created': 'ben',
  'group.changed': 'ben',
  'member.invited': 'ada',
  'member.joined': 'ben',
  'member.changed': 'ben',
  'invitation.revoked': 'ada',
  'access.changed': null,
  'workspace.changed': 'ben',
  'block.changed': 'ben',
  'template.changed': 'ben',
  'filter.created': 'ada',
  'filter.changed': 'ada',
  'filter.deleted': 'ada',
  'filter.tried': 'ada',
  'filter.ran': 'ben',
  'account.created': 'ada',
  'account.changed': 'ada',
  'account.checked': 'ada',
  'dkim.changed': 'ada',
};

const told = (at: number) => viewers[at]?.page.frames.filter(({ seq }) => seq > (viewers[at]?.start.seq ?? 0)) ?? [];

test('every type of event reaches those whom it is for', () => {
  const wanted = (who: 'ben' | 'ada') => Object.entries(met).flatMap(([type, by]) => (by === who ? [type] : []));
  const [ben, ada] = [0, 1].map((at) => new Set(told(at).map(({ type }) => type)));
  expect(wanted('ben').filter((type) => !ben?.has(type))).toEqual([]);
  expect(wanted('ada').filter((type) => !ada?.has(type))).toEqual([]);
  expect([
    ...wanted('ada').filter((type) => ben?.has(type)),
    ...told(0).filter(({ type }) => type === 'access.changed'),
  ]).toEqual([]);
});

function expectSame(board: Board, fresh: Snapshot, what = ''): void {
  const wanted = boardFrom(fresh);
  const sorted = ({ cards }: Board) => [...cards].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const reads = ({ cards, reads }: Board) => [...cards.keys()].toSorted().map((id) => reads.get(id));
  expect(sorted(board), what).toEqual(sorted(wanted));
  expect(reads(board), what).toEqual(reads(wanted));
}

describe.each([0, 1])('the board of viewer %i', (at) => {
  test('with all events applied is the board read anew', () => {
    const viewer = viewers[at];
    const end = ends[at];
    if (!viewer || !end) throw new Error('No such viewer');
    expect(told(at).some(({ type }) => type === 'access.changed')).toBe(false);
    const board = boardFrom(viewer.start);
    for (const frame of told(at)) apply(board, frame);
    expectSame(board, end);
    expect(board.seq).toBe(end.seq);
  });

  test('is so in whatever order and however often they come', () => {
    const viewer = viewers[at];
    const end = ends[at];
    if (!viewer || !end) throw new Error('No such viewer');
    for (let seed = 0; seed < 200; seed++) {
      const chance = new Chance(seed);
      const board = boardFrom(viewer.start);
      for (const frame of chance.shuffled([...told(at), ...told(at).filter(() => chance.is(0.3))])) apply(board, frame);
      expectSame(board, end, `seed ${seed}`);
    }
  });

  test('is so when deliveries are dropped, doubled and late, by catching up', () => {
    const viewer = viewers[at];
    const end = ends[at];
    if (!viewer || !end) throw new Error('No such viewer');
    let caughtUp = 0;
    for (let seed = 0; seed < 200; seed++) {
      const chance = new Chance(seed);
      const reader = new Reader(viewer.start, viewer.rooms);
      const late: Frame[] = [];
      for (const [sent, frame] of told(at).entries()) {
        const server = { frames: told(at).slice(0, sent + 1), seq: frame.seq };
        if (chance.is(0.15)) continue;
        if (chance.is(0.1)) late.push(frame);
        else reader.hear(frame, server);
        if (chance.is(0.1)) reader.hear(frame, server);
        if (chance.is(0.2)) late.splice(0).forEach((one) => reader.hear(one, server));
      }
      // The last ones lost are found by the heartbeats.
      for (const room of viewer.rooms) {
        const inRoom = told(at).filter(({ prev }) => room in prev);
        const last = inRoom.at(-1);
        if (last) reader.beat({ [room]: last.seq }, { frames: told(at), seq: last.seq });
      }
      caughtUp += reader.caughtUp;
      expectSame(reader.board, end, `seed ${seed}`);
    }
    expect(caughtUp).toBeGreaterThan(200);
  });
});

type Server = { frames: Frame[]; seq: number };

/** What a page does: applies what follows, and catches up where something is missing. */
class Reader {
  readonly board: Board;
  caughtUp = 0;
  readonly #rooms: string[];
  #position: Position;

  constructor(start: Snapshot, joined: string[]) {
    this.board = boardFrom(start);
    this.#rooms = joined;
    this.#position = positionAt(start.seq, joined);
  }

  hear(frame: Frame, server: Server): void {
    if (!follows(this.#position, frame)) this.#catchUp(missedSince(this.#position, frame.prev) ?? 0, server);
    apply(this.board, frame);
  }

  beat(last: Record<string, number>, server: Server): void {
    const missed = missedSince(this.#position, last);
    if (missed !== null) this.#catchUp(missed, server);
  }

  #catchUp(cursor: number, { frames, seq }: Server): void {
    this.caughtUp++;
    for (const frame of frames) if (frame.seq > cursor) apply(this.board, frame);
    this.#position = positionAt(seq, this.#rooms);
  }
}
