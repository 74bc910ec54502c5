import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Announcer } from '#lib/ui/announcer.svelte.ts';
import { Toasts } from '#lib/ui/toasts.svelte.ts';

beforeEach(() => {
  vi.useFakeTimers();
  // Toasts rest on the server, where nobody could see them go.
  vi.stubGlobal('window', {});
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const texts = (toasts: Toasts) => toasts.shown.map(({ text }) => text);
const undo = { label: 'Undo', run: () => undefined };

test('a notice goes by itself, one that can be undone stays longer, a problem stays', () => {
  const toasts = new Toasts();
  toasts.show({ text: 'saved' });
  toasts.show({ text: 'moved', action: undo });
  toasts.problem('refused');
  vi.advanceTimersByTime(5_000);
  expect(texts(toasts)).toEqual(['moved', 'refused']);
  vi.advanceTimersByTime(3_600_000);
  expect(texts(toasts)).toEqual(['refused']);
});

test('nothing goes while somebody reads', () => {
  const toasts = new Toasts();
  toasts.show({ text: 'saved' });
  toasts.hold();
  vi.advanceTimersByTime(60_000);
  expect(texts(toasts)).toEqual(['saved']);
  toasts.release();
  vi.advanceTimersByTime(5_000);
  expect(texts(toasts)).toEqual([]);
});

test('news of the same kind replaces what it outdates', () => {
  const toasts = new Toasts();
  toasts.show({ text: '1 ticket moved', key: 'moved' });
  toasts.show({ text: 'saved' });
  toasts.show({ text: '2 tickets moved', key: 'moved' });
  expect(texts(toasts)).toEqual(['saved', '2 tickets moved']);
});

test('the oldest makes room', () => {
  const toasts = new Toasts();
  for (const text of ['a', 'b', 'c', 'd', 'e']) toasts.show({ text });
  expect(texts(toasts)).toEqual(['b', 'c', 'd', 'e']);
});

test('the same sentence twice is said twice', () => {
  const announcer = new Announcer();
  announcer.say('Ticket 1042 moved');
  const first = announcer.polite;
  announcer.say('Ticket 1042 moved');
  expect(announcer.polite).not.toBe(first);
  expect(announcer.polite.replace('\u200b', '')).toBe('Ticket 1042 moved');
});

test('what is urgent interrupts and leaves the rest alone', () => {
  const announcer = new Announcer();
  announcer.say('Somebody was faster', { urgent: true });
  expect([announcer.polite, announcer.assertive]).toEqual(['', 'Somebody was faster']);
});
