import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, boardFrom, type Board, type Frame } from '#lib/shared/board.ts';
import { merge, sliceFrom, type FirstPart, type Part } from '#lib/shared/parts.ts';
import { snapshot } from '#server/domain/board.ts';
import { opening } from '#server/domain/board/opening.ts';
import { firstPart, nextPart } from '#server/domain/board/parts.ts';
import type { Cast, Member } from '../../support/cast.ts';
import { Chance } from '../../support/chance.ts';
import { createLiveDatabase, openBoard, startLive, type Desk, type Page } from '../../support/live.ts';
import { plant } from '../../support/planted.ts';
import { createWorld, happening, perform, type World } from '../../support/world.ts';

// A board of some thousands arrives in parts while the desk goes on. Whatever comes in between, and however late, what is on
// the screen in the end is what a fresh look would show.

let desk: Desk;
let cast: Cast;
let world: World;

beforeAll(async () => {
  desk = { database: await createLiveDatabase(), live: await startLive() };
  world = await createWorld(new Chance(3));
  cast = world.cast;
  await plant(desk.database.owner, cast, 3_500);
  const tickets = await desk.database.owner<{ id: string }[]>`
    select id from lotse.tickets where workspace_id = ${cast.workspaceId} order by created_at limit 4000
  `;
  // Among the first, the middle and the last part, and of those some again and again.
  for (const place of [5, 700, 1_400, 1_700, 2_300, 3_000, 3_400]) world.tickets.push(tickets[place]?.id ?? '');
});
afterAll(async () => {
  await desk.live.stop();
  await desk.database.drop();
});

/** Things that happen to tickets; a change of somebody's rights loads the board anew, which is another test's subject. */
async function live(chance: Chance, count: number): Promise<number> {
  let seq = 0;
  for (let done = 0; done < count;) {
    const call = happening(world, chance);
    if (!/^(ticket|message|contact)\./.test(call.name)) continue;
    const answer = await perform(call);
    if (answer.ok) seq = Math.max(seq, answer.seq);
    done++;
  }
  return seq;
}

const parts = async (me: Member, after: Part['next']): Promise<Part> =>
  JSON.parse(after ? await nextPart(me, after) : await firstPart(me)) as Part;

test.each([1, 2, 3, 4])('parts and events in any order make a fresh board (world %i)', async (seed) => {
  const chance = new Chance(seed);
  const me = chance.of([cast.ada, cast.mona]);
  const page = await openBoard(desk, me);
  const frames = heldBy(page);
  const { snapshot: begun } = await opening(me, { by: 'pool' });
  const board = boardFrom(begun);
  let last = await live(chance, 10);
  let next: Part['next'] = null;
  do {
    if (chance.is(0.5)) for (const frame of frames.some(chance, 0.6)) apply(board, frame);
    const part = await parts(me, next);
    // What happened after it was read may be heard before it arrives.
    last = Math.max(last, await live(chance, 10));
    await page.settled(last);
    if (chance.is(0.5)) for (const frame of frames.some(chance, 0.6)) apply(board, frame);
    merge(board, sliceFrom(part));
    if (!next) for (const [ticket, at] of (part as FirstPart).reads) board.reads.set(ticket, at);
    next = part.next;
  } while (next);
  for (const frame of frames.some(chance, 1)) apply(board, frame);
  page.close();
  expectSame(board, boardFrom(await snapshot(me)));
});

/** The frames that came: in any order, late, some of them twice, but never all anew, which would heal whatever went wrong. */
function heldBy(page: Page) {
  const applied = new Set<Frame>();
  return {
    some(chance: Chance, share: number): Frame[] {
      const chosen = page.frames.filter((frame) => (applied.has(frame) ? chance.is(0.05) : chance.is(share)));
      for (const frame of chosen) applied.add(frame);
      return chance.shuffled(chosen);
    },
  };
}

function expectSame(board: Board, fresh: Board): void {
  const byId = ({ cards }: Board) => Object.fromEntries([...cards].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  expect(byId(board)).toEqual(byId(fresh));
  const read = ({ cards, reads }: Board) => [...cards.keys()].toSorted().map((id) => reads.get(id));
  expect(read(board)).toEqual(read(fresh));
}

test('parts are bounded, none is sent twice, and together they are the board', async () => {
  const whole = await snapshot(cast.ben);
  const ids: string[] = [];
  let next: Part['next'] = null;
  do {
    const part: Part = await parts(cast.ben, next);
    expect(part.cards.length).toBeLessThanOrEqual(1_000);
    ids.push(...sliceFrom(part).cards.map(({ id }) => id));
    next = part.next;
  } while (next);
  expect(ids).toEqual(whole.cards.map(({ id }) => id));
  expect((JSON.parse(await firstPart(cast.ben)) as FirstPart).count).toBe(whole.cards.length);
});

test('a part says of a card exactly what a snapshot says', async () => {
  const whole = await snapshot(cast.mona);
  const { cards } = sliceFrom(await parts(cast.mona, null));
  expect(cards).toEqual(whole.cards.slice(0, cards.length));
});

test('a part that was read before the board was read anew changes nothing', async () => {
  const old = sliceFrom(await parts(cast.mona, null));
  await live(new Chance(9), 20);
  const board = boardFrom(await snapshot(cast.mona));
  merge(board, old);
  expectSame(board, boardFrom(await snapshot(cast.mona)));
});
