import { expect, test } from 'vitest';
import { cut } from '#lib/board/cut.ts';
import { paragraphs } from '#lib/board/paragraphs.ts';
import { personFrom } from '#lib/board/draft.ts';
import { wholeUpTo } from '#lib/shared/parts.ts';
import { cardOf, snapshotOf } from '../../support/cards.ts';

const ben = { id: 'ben', role: 'member' } as const;

test('a board of common size comes whole', () => {
  const snapshot = snapshotOf(Array.from({ length: wholeUpTo }, (_, index) => cardOf(index)));
  const beginning = { snapshot, isWhole: true, counts: {} };
  expect(cut(beginning, { by: 'pool', me: ben })).toEqual(beginning);
});

test('of columns that no first screen shows comes one card each, with the counts of all', () => {
  const statuses = ['assigned', 'in_progress'] as const;
  const members = Array.from({ length: 20 }, (_, index) => `agent-${index}`);
  const people = members.map((id) => ({ id, name: id, role: 'member' as const, isActive: true }));
  const cards = members.flatMap((member, at) =>
    Array.from({ length: 12 }, (_, index) =>
      cardOf(at * 100 + index, { member, status: statuses[index % 2] ?? 'open' }),
    ),
  );
  const snapshot = { ...snapshotOf(cards), people, reads: cards.map(({ id }): [string, string] => [id, '2026-11-16']) };
  const counts = { 'member:agent-3': { count: 500, oldest: null } };
  const begun = cut({ snapshot, isWhole: false, counts }, { by: 'person', me: ben });
  const held = Map.groupBy(begun.snapshot.cards, (card) => card.member);
  expect(held.get('agent-0')).toHaveLength(12);
  expect(held.get('agent-19')?.map((card) => card.number)).toEqual([1900]);
  expect(begun.snapshot.reads).toHaveLength(begun.snapshot.cards.length);
  expect(begun.counts).toBe(counts);
  expect(JSON.stringify(begun.snapshot.cards).length).toBeLessThan(60_000);
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
