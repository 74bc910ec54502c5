import { expect, test, vi } from 'vitest';
import type { BoardView } from '#lib/board/board.svelte.ts';
import { Closing } from '#lib/board/closing.ts';
import { cardOf, viewer } from '../../support/cards.ts';

const how = { inform: true, text: '<p>Erledigt.</p>', words: 'Erledigt.', history: true };
const mine = cardOf(1, { member: 'ben' });
const internal = cardOf(2, { member: 'ben', visibility: 'internal' });
const others = cardOf(3, { member: 'cleo' });

/** As much of a board as closing touches; `refuses` says of which tickets. */
function desk(refuses: readonly string[]) {
  const send = vi.fn(async (_name: string, { ticket }: { ticket: string }) => ({ ok: !refuses.includes(ticket) }));
  const toasts = { show: vi.fn(), problem: vi.fn() };
  const parts = {
    live: { viewer: viewer('ben'), send },
    selection: { clear: vi.fn() },
    flights: { listOf: () => null },
    toasts,
    say: vi.fn(),
    names: new Map(),
    nameOf: () => '',
  };
  return { closing: new Closing(parts as unknown as BoardView), send, toasts, say: parts.say };
}

test('last words that were refused are there at the next attempt, for that ticket alone, until it is closed', async () => {
  const refuses = [mine.id];
  const { closing, toasts } = desk(refuses);
  await closing.close([mine], how);
  expect(toasts.problem).toHaveBeenCalledOnce();
  expect([closing.wordsFor([mine]), closing.wordsFor([others])]).toEqual(['Erledigt.', '']);
  refuses.length = 0;
  await closing.close([mine], how);
  expect(closing.wordsFor([mine])).toBe('');
  expect(toasts.problem).toHaveBeenCalledOnce();
});

test('an internal ticket takes no words, and keeps none', async () => {
  const { closing, send, toasts } = desk([internal.id]);
  await closing.close([internal], how);
  expect(send.mock.calls[0]?.[1]).toEqual({ ticket: internal.id, inform: false, text: '', history: true });
  expect(closing.wordsFor([internal])).toBe('');
  expect(toasts.problem).not.toHaveBeenCalled();
});

test('what one may not close is left out', async () => {
  const { closing, send } = desk([]);
  expect(closing.permitted([mine, others])).toEqual([mine]);
  await closing.close([mine, others], how);
  expect(send.mock.calls.map(([, { ticket }]) => ticket)).toEqual([mine.id]);
});

test('when nothing may be closed any more, that is said and the words stay', async () => {
  const { closing, send, say } = desk([]);
  await closing.close([others], how);
  expect(send).not.toHaveBeenCalled();
  expect(say).toHaveBeenCalledOnce();
  expect(closing.wordsFor([others])).toBe('Erledigt.');
});
