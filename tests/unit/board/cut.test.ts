import { expect, test } from 'vitest';
import { cut, wholeUpTo } from '#lib/board/cut.ts';
import { paragraphs } from '#lib/board/paragraphs.ts';
import { personFrom } from '#lib/board/draft.ts';
import { cardOf, snapshotOf } from '../../support/cards.ts';

const ben = { id: 'ben', role: 'member' } as const;

test('a board of common size comes whole', () => {
  const snapshot = snapshotOf(Array.from({ length: wholeUpTo }, (_, index) => cardOf(index)));
  expect(cut(snapshot, ben)).toEqual({ snapshot, isWhole: true, counts: {} });
});

test('of ten thousand tickets come the first of each column, with the counts of all', () => {
  const cards = Array.from({ length: 10_000 }, (_, index) => cardOf(index, { pool: index % 2 ? 'heating' : 'lift' }));
  const { snapshot, isWhole, counts } = cut(snapshotOf([...cards, cardOf(10_001, { member: 'ben' })]), ben);
  expect(isWhole).toBe(false);
  expect(counts['pool:heating']).toEqual({ count: 5_000, oldest: cards[1]?.created });
  expect(snapshot.cards.map((card) => card.number)).toEqual(expect.arrayContaining([0, 1, 10_001]));
  expect(JSON.stringify(snapshot.cards).length).toBeLessThan(60_000);
});

test('closing words become safe paragraphs', () => {
  expect(paragraphs(' Hallo <b>\nFrau & Herr\n\nGruß ')).toBe('<p>Hallo &lt;b&gt;<br>Frau &amp; Herr</p><p>Gruß</p>');
  expect(paragraphs('  \n ')).toBe('');
});

test('what was typed to find somebody begins the new contact', () => {
  expect(personFrom('anna.vom-berg@example.org')).toEqual({
    name: 'Anna Vom Berg',
    address: 'anna.vom-berg@example.org',
  });
  expect(personFrom(' Anna Berg ')).toEqual({ name: 'Anna Berg', address: '' });
});
