import { describe, expect, test } from 'vitest';
import * as formats from '#lib/i18n/formats.ts';
import { overwriteGetLocale } from '#lib/i18n/paraglide/runtime.js';

const now = new Date('2026-11-21T14:05:00');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
// Intl separates figure and unit by spaces of several kinds.
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('relative time', () => {
  test.each([
    [0.2, 'jetzt', 'now'],
    [10, 'vor 10 Min.', '10 min ago'],
    [59.4, 'vor 59 Min.', '59 min ago'],
    [59.6, 'vor 1 Std.', '1 hr ago'],
    [120, 'vor 2 Std.', '2 hr ago'],
    [30 * 60, 'vor 1 Tag', '1 day ago'],
    [8 * 24 * 60, '13. Nov.', '13 Nov'],
    [400 * 24 * 60, '17. Okt. 2025', '17 Oct 2025'],
    [-90, 'in 2 Std.', 'in 2 hr'],
  ])('%d minutes ago reads %j and %j', (minutes, de, en) => {
    overwriteGetLocale(() => 'de');
    expect(plain(formats.relativeTime(ago(minutes), now))).toBe(de);
    overwriteGetLocale(() => 'en');
    expect(plain(formats.relativeTime(ago(minutes), now)).replace('.', '')).toBe(en);
  });

  test('spells units out where there is room', () => {
    overwriteGetLocale(() => 'de');
    expect(formats.relativeTime(ago(120), now, 'long')).toBe('vor 2 Stunden');
  });
});

test.each([
  [0, '0 m', '0 m'],
  [59.9, '59 m', '59 m'],
  [120, '2 h', '2 h'],
  [26 * 60, '1 T', '1 d'],
  [20 * 24 * 60, '2 W', '2 w'],
  [-5, '0 m', '0 m'],
])('a card %d minutes old says %j and %j', (minutes, de, en) => {
  expect([formats.shortAge(ago(minutes), now, 'de'), formats.shortAge(ago(minutes), now, 'en')]).toEqual([de, en]);
});

test('names the days of a conversation', () => {
  expect(formats.dayHeading(ago(10), now, 'de')).toBe('Heute');
  expect(formats.dayHeading(ago(15 * 60), now, 'en')).toBe('Yesterday');
  expect(formats.dayHeading(ago(5 * 24 * 60), now, 'de')).toBe('Montag, 16. November');
});

test('writes times in 24 hours in both languages', () => {
  expect([formats.time(now, 'de'), formats.time(now, 'en')]).toEqual(['14:05', '14:05']);
});

test.each([
  [0, '0 B', '0 B'],
  [999, '999 B', '999 B'],
  [1_440_000, '1,4 MB', '1.4 MB'],
  [25_600_000, '26 MB', '26 MB'],
])('%d bytes are %j and %j', (bytes, de, en) => {
  expect([formats.fileSize(bytes, 'de'), formats.fileSize(bytes, 'en')]).toEqual([de, en]);
});

test('lists people as one would say them', () => {
  expect(formats.list(['Ada', 'Ben', 'Clara'], 'de')).toBe('Ada, Ben und Clara');
});
