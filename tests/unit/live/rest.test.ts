import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveBoard } from '#lib/live/board.svelte.ts';
import { Rest } from '#lib/live/rest.svelte.ts';
import type { Card, Snapshot } from '#lib/shared/board.ts';
import type { CompactCard, FirstPart, Part } from '#lib/shared/parts.ts';

const at = '2026-11-22T08:00:00.000Z';

function card(id: string, subject = id): Card {
  return {
    ...{
      id,
      number: 1,
      pool: 'p',
      status: 'open',
      visibility: 'public',
      priority: 'normal',
      channel: 'mail',
      tags: [],
    },
    ...{ requester: null, member: null, group: null, owners: [], due: null, created: at, waiting: null },
    ...{ deferred: null, lastCustomer: null, lastMessage: null, subject, customer: '' },
  };
}

function compact(id: string, subject = id): CompactCard {
  const { number, pool, status, visibility, priority, channel } = card(id);
  const times = [null, Date.parse(at), null, null, null, null] as const;
  return [
    id,
    number,
    pool,
    status,
    visibility,
    priority,
    channel,
    [],
    null,
    null,
    null,
    [],
    ...times,
    subject,
    '',
    null,
  ];
}

const person = (name: string) => ({ id: 'ada', name, role: 'member', isActive: true }) as const;

function cut(seq: number, cards: Card[], name = 'Ada'): Snapshot {
  return { seq, cards, reads: [], pools: [], people: [person(name)], groups: [] };
}

/** A server that hands out one part after the other, each when the test says so. */
function server() {
  const asked: { after: string | null; answer: (part: Part | FirstPart) => void; fail: () => void }[] = [];
  vi.stubGlobal('fetch', (address: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    asked.push({
      after: new URL(address, 'http://desk').searchParams.get('id'),
      answer: (part) => resolve(Response.json(part)),
      fail: () => reject(new TypeError('Failed to fetch')),
    });
    return promise;
  });
  const next = (count: number) => vi.waitFor(() => asked[count - 1] ?? expect.fail('not asked yet'));
  return { asked, next };
}

function first(seq: number, cards: CompactCard[], next: string | null): FirstPart {
  const place = next === null ? null : { at, id: next };
  return { seq, cards, next: place, count: 4, reads: [], pools: [], people: [person('Ada')], groups: [] };
}

const shown = (board: LiveBoard) => board.cards.map(({ id }) => id).toSorted();

let board: LiveBoard;
let rest: Rest;
let desk: ReturnType<typeof server>;

beforeEach(() => {
  desk = server();
  board = new LiveBoard();
  rest = new Rest('nord', board);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('who comes back to a board that is half loaded keeps what has arrived, and gets all the rest', async () => {
  board.begin(cut(10, [card('d')]), { whole: false });
  rest.load();
  (await desk.next(1)).answer(first(11, [compact('a'), compact('b')], 'b'));
  const second = await desk.next(2);
  // Meanwhile the page was left and opened again, and brought its first cards as of later.
  board.begin(cut(20, [card('d', 'd as of 20')], 'Ada Lovelace'), { whole: false });
  rest.load();
  expect(shown(board)).toEqual(['a', 'b', 'd']);
  expect(board.isWhole).toBe(false);
  // Read before the page was: it is all there is of these cards.
  second.answer({ seq: 12, cards: [compact('c'), compact('d', 'd as of 12')], next: null });
  await vi.waitFor(() => expect(board.isWhole).toBe(true));
  expect(shown(board)).toEqual(['a', 'b', 'c', 'd']);
  expect(board.card('d')?.subject).toBe('d as of 20');
  expect(board.people).toEqual([person('Ada Lovelace')]);
  expect(desk.asked.map(({ after }) => after)).toEqual([null, 'b']);
});

test('what happened before the page came back is still asked for: it may be about cards that the page left out', () => {
  board.begin(cut(10, [card('d')]), { whole: false });
  board.begin(cut(20, [card('d')]), { whole: false });
  expect(board.cursor).toBe(10);
});

test('who comes back after a part could not be had goes on from there, with all that had arrived', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  board.begin(cut(10, [card('d')]), { whole: false });
  rest.load();
  (await desk.next(1)).answer(first(11, [compact('a'), compact('b')], 'b'));
  for (let failures = 1; failures <= 4; failures++) {
    (await desk.next(1 + failures)).fail();
    await vi.advanceTimersByTimeAsync(10_000);
  }
  expect(rest.state).toBe('failed');
  board.begin(cut(20, [card('d')]), { whole: false });
  rest.load();
  (await desk.next(6)).answer({ seq: 21, cards: [compact('c'), compact('d')], next: null });
  await vi.waitFor(() => expect(board.isWhole).toBe(true));
  expect(shown(board)).toEqual(['a', 'b', 'c', 'd']);
});

test('the page of a board that is whole by now changes nothing, a whole one is the truth', () => {
  board.begin(cut(10, [card('a'), card('b')]));
  board.begin(cut(20, [card('a')], 'Ada Lovelace'), { whole: false });
  expect(shown(board)).toEqual(['a', 'b']);
  board.begin(cut(20, [card('a')]));
  expect(shown(board)).toEqual(['a']);
});
