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

const spoken = (said: { text: string }[]) => said.map(({ text }) => text);

test('the same words again are spoken again, and two at once both', () => {
  const announcer = new Announcer();
  announcer.say('Ticket 1042 moved');
  announcer.say('Ticket 1043 moved');
  vi.runAllTimers();
  announcer.say('Ticket 1042 moved');
  vi.runAllTimers();
  expect(spoken(announcer.polite)).toEqual(['Ticket 1042 moved', 'Ticket 1043 moved', 'Ticket 1042 moved']);
  expect(new Set(announcer.polite.map(({ id }) => id)).size).toBe(3);
});

test('what two parts of the page say in one moment is spoken once', () => {
  const announcer = new Announcer();
  announcer.say('Ticket 1042 moved');
  announcer.say('Ticket 1042 moved');
  vi.runAllTimers();
  expect(spoken(announcer.polite)).toEqual(['Ticket 1042 moved']);
});

test('what is urgent interrupts and leaves the rest alone', () => {
  const announcer = new Announcer();
  announcer.say('Somebody was faster', { urgent: true });
  expect(spoken(announcer.polite)).toEqual([]);
  expect(spoken(announcer.assertive)).toEqual(['Somebody was faster']);
});
