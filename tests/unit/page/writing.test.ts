import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keptText } from '#lib/page/kept.ts';
import { Writing } from '#lib/page/writing.svelte.ts';

const token = 'abcdefgh-token';
const posted = { text: 'Wann kommen Sie?\r\nUnd wer?', command: 'first' };
const words = 'Wann kommen Sie?\nUnd wer?';

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
});

afterEach(() => vi.unstubAllGlobals());

test('the same words go out again under the id they may have been done under', () => {
  const writing = new Writing(token, posted);
  expect(writing.recall()).toBe(false);
  expect([writing.text, writing.command('fresh')]).toEqual([words, 'first']);
  expect(keptText(token)).toBe(words);
  // As they are read back after the page came again.
  const again = new Writing(token, posted);
  expect([again.recall(), again.command('fresh')]).toEqual([false, 'first']);
});

test('edited words are kept as they are typed, and are another message', () => {
  const writing = new Writing(token, posted);
  writing.recall();
  writing.text = 'Kommen Sie bitte nicht.';
  writing.typed();
  expect(writing.command('fresh')).toBe('fresh');
  expect(keptText(token)).toBe('Kommen Sie bitte nicht.');
});

test('when the page comes back, edited words win over those that were sent', () => {
  const before = new Writing(token, posted);
  before.recall();
  before.text = 'Kommen Sie bitte nicht.';
  before.typed();
  const after = new Writing(token, posted);
  expect(after.recall()).toBe(true);
  expect([after.text, after.command('fresh')]).toEqual(['Kommen Sie bitte nicht.', 'fresh']);
});

test('what was typed before the scripts came wins over what was kept', () => {
  new Writing(token, { text: 'von gestern' }).recall();
  const writing = new Writing(token, null);
  writing.text = 'von heute';
  expect(writing.recall()).toBe(true);
  expect([writing.text, keptText(token)]).toEqual(['von heute', 'von heute']);
});

test('what has arrived is kept no longer, and its id not used again', () => {
  const writing = new Writing(token, posted);
  writing.recall();
  writing.goes('first');
  writing.arrived();
  expect([writing.text, keptText(token), writing.command('fresh')]).toEqual(['', '', 'fresh']);
});

test('without an answer the id stays, with a refusal it goes', () => {
  const writing = new Writing(token, null);
  writing.goes('first');
  writing.failed({ isKnown: false });
  expect(writing.command('fresh')).toBe('first');
  writing.goes('first');
  writing.failed({ isKnown: true });
  expect(writing.command('fresh')).toBe('fresh');
});

test('what is written while the words before travel is neither lost with them nor taken for them', () => {
  const writing = new Writing(token, posted);
  writing.goes('first');
  writing.text = `${words} Danke!`;
  writing.typed();
  writing.failed({ isKnown: false });
  expect(writing.command('fresh')).toBe('fresh');
  writing.goes('second');
  writing.text += ' Bis bald.';
  writing.typed();
  writing.arrived();
  expect([writing.text, keptText(token)]).toEqual([`${words} Danke! Bis bald.`, `${words} Danke! Bis bald.`]);
});

test('an id that was answered, or may have been done with other words, is never that of other words', () => {
  const sent = 'of-the-page';
  const other = (after: (writing: Writing) => void) => {
    const writing = new Writing(token, null);
    writing.text = 'Wann kommen Sie?';
    writing.goes(writing.command(sent));
    after(writing);
    writing.text = 'Kommen Sie bitte nicht.';
    writing.typed();
    return writing;
  };
  // The page is not always read anew in between: what it brought along stays the same.
  const ends = [
    (writing: Writing) => writing.failed({ isKnown: true }),
    (writing: Writing) => writing.failed({ isKnown: false }),
    (writing: Writing) => writing.arrived(),
  ];
  for (const end of ends) {
    const writing = other(end);
    const second = writing.command(sent);
    expect(second).not.toBe(sent);
    expect(writing.command(sent)).toBe(second);
    writing.goes(second);
    end(writing);
    writing.typed();
    expect([sent, second]).not.toContain(writing.command(sent));
    expect(writing.command('read anew')).toBe('read anew');
  }
});
