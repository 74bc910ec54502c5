import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BoardView } from '#lib/board/board.svelte.ts';
import { Live } from '#lib/live/live.svelte.ts';
import { Announcer } from '#lib/ui/announcer.svelte.ts';
import { Toasts } from '#lib/ui/toasts.svelte.ts';
import { cardOf, snapshotOf } from '../../support/cards.ts';

let live: Live;
let board: BoardView;

beforeEach(() => {
  live = new Live('nord', { id: 'ben', name: 'Ben', role: 'member' });
  board = new BoardView(live, { announcer: new Announcer(), toasts: new Toasts() });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A board of which one card has arrived. */
function open(): void {
  live.begin(snapshotOf([cardOf(1)], 1), { whole: false });
  board.arrival.begin('pool', { 'status:open': { count: 900, oldest: null } });
}

test('while the server is asked what passes the filters nothing is known of it, afterwards all', async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const fetched = vi.fn(() => promise);
  vi.stubGlobal('fetch', fetched);
  open();
  expect([board.isAsking, board.found]).toEqual([false, 900]);
  board.narrow({ text: 'rust' });
  expect(board.isAsking).toBe(true);
  board.arrival.ask('pool', board.filters);
  await vi.waitFor(() => expect(fetched).toHaveBeenCalled());
  expect(board.isAsking).toBe(true);
  const snapshot = snapshotOf([cardOf(2, { subject: 'rust' })], 2);
  resolve(Response.json({ snapshot, isWhole: false, counts: { 'status:open': { count: 7, oldest: null } } }));
  await vi.waitFor(() => expect(board.isAsking).toBe(false));
  expect(board.found).toBe(7);
});

test('other filters are another question, and none at all is no question', () => {
  open();
  board.narrow({ text: 'rust' });
  board.widen();
  expect([board.isAsking, board.found]).toEqual([false, 900]);
});

test('once all cards are here nobody need be asked', () => {
  open();
  board.narrow({ text: 'rust' });
  expect(board.isAsking).toBe(true);
  live.begin(snapshotOf([cardOf(1)], 2));
  expect([board.isAsking, board.found]).toEqual([false, 0]);
});

describe('a question that failed', () => {
  const answer = () =>
    Response.json({
      snapshot: snapshotOf([cardOf(2, { subject: 'rust' })], 2),
      isWhole: false,
      counts: { 'status:open': { count: 7, oldest: null } },
    });

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is asked again by itself until the server answers', async () => {
    let isAway = true;
    const fetched = vi.fn(() => (isAway ? Promise.reject(new TypeError('network')) : Promise.resolve(answer())));
    vi.stubGlobal('fetch', fetched);
    open();
    board.narrow({ text: 'rust' });
    board.arrival.ask('pool', board.filters);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(fetched.mock.calls.length).toBeGreaterThan(10);
    expect(board.isAsking).toBe(true);
    isAway = false;
    await vi.advanceTimersByTimeAsync(15_000);
    expect([board.isAsking, board.found]).toEqual([false, 7]);
    const asked = fetched.mock.calls.length;
    await vi.advanceTimersByTimeAsync(300_000);
    expect(fetched).toHaveBeenCalledTimes(asked);
  });

  test('is not asked for ever of a server that was reached', async () => {
    const fetched = vi.fn(() => Promise.resolve(Response.json({}, { status: 500 })));
    vi.stubGlobal('fetch', fetched);
    open();
    board.narrow({ text: 'rust' });
    board.arrival.ask('pool', board.filters);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(fetched).toHaveBeenCalledTimes(5);
  });

  test('that was taken back is asked no more, and its answer is no answer', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const fetched = vi.fn(() => promise);
    vi.stubGlobal('fetch', fetched);
    open();
    board.narrow({ text: 'rust' });
    const takeBack = board.arrival.ask('pool', board.filters);
    await vi.advanceTimersByTimeAsync(1_000);
    takeBack();
    resolve(answer());
    await vi.advanceTimersByTimeAsync(300_000);
    expect(fetched).toHaveBeenCalledOnce();
    expect(board.isAsking).toBe(true);
  });
});
