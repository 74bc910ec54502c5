import { describe, expect, test } from 'vitest';
import { countOf, noFilters, sift, tagsOf, type Filters } from '#lib/shared/filter.ts';
import { cardOf } from '../support/cards.ts';

const cards = [
  cardOf(1042, { subject: 'Straße gefroren', customer: 'Jörg Müller', tags: ['Notfall'], priority: 'urgent' }),
  cardOf(1043, { subject: 'VPN down', customer: 'John Smith', channel: 'phone', waiting: '2026-11-16T12:00:00.000Z' }),
  cardOf(1044, { subject: 'Schlüssel', owners: ['ben'], tags: ['Schließanlage', 'Notfall'] }),
];

function found(filters: Partial<Filters>): number[] {
  const eyes = { me: 'ben', isUnread: (card: { number: number }) => card.number === 1043 };
  return sift(cards, { ...noFilters, ...filters }, eyes).map((card) => card.number);
}

describe('searching', () => {
  test.each([
    ['müller', [1042]],
    ['MULLER', [1042]],
    ['strasse', [1042]],
    ['#1043', [1043]],
    ['104', [1042, 1043, 1044]],
    ['notfall schl', [1044]],
    ['smith vpn', [1043]],
    ['smith strasse', []],
    ['   ', [1042, 1043, 1044]],
  ])('%j finds %j', (text, numbers) => {
    expect(found({ text })).toEqual(numbers);
  });
});

describe('filtering', () => {
  test('by priority, channel, tag, unread, mine and waiting', () => {
    expect(found({ priorities: ['urgent', 'high'] })).toEqual([1042]);
    expect(found({ channels: ['phone'] })).toEqual([1043]);
    expect(found({ tags: ['Notfall'] })).toEqual([1042, 1044]);
    expect(found({ onlyUnread: true })).toEqual([1043]);
    expect(found({ onlyMine: true })).toEqual([1044]);
    expect(found({ onlyWaiting: true })).toEqual([1043]);
  });

  test('all that are on must hold, and each kind counts once', () => {
    const filters = { ...noFilters, tags: ['Notfall', 'Frist'], onlyMine: true };
    expect(found(filters)).toEqual([1044]);
    expect(countOf(filters)).toBe(2);
  });

  test('without any, the very same list comes back', () => {
    expect(sift(cards, noFilters, { me: 'ben', isUnread: () => false })).toBe(cards);
  });
});

test('tags are offered by how often they are used', () => {
  expect(tagsOf(cards)).toEqual(['Notfall', 'Schließanlage']);
});
