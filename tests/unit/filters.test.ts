import { describe, expect, test } from 'vitest';
import { actions, isPossible } from '#lib/shared/filter-actions.ts';
import { conditions, matches, sort, type Condition, type Facts, type Filter } from '#lib/shared/filters.ts';

const facts: Facts = {
  from: ['newsletter@shop.example.org', 'Shop  Übersicht'],
  to: ['info@nordlicht.example'],
  subject: 'Rechnung   Nr. 17',
  text: 'Guten Tag,\nanbei die Rechnung.',
  headers: new Map([['list-unsubscribe', ['<https://shop.example.org>']]]),
  sizeBytes: 300 * 1024,
  files: ['Rechnung.PDF'],
};
const is = (each: Partial<Condition>) => matches({ joins: 'all', conditions: conditions.parse([each]) }, facts);

test.each<[Partial<Condition>, boolean]>([
  [{ field: 'from', is: 'contains', value: 'SHOP' }, true],
  [{ field: 'from', is: 'contains', value: 'shop übersicht' }, true],
  [{ field: 'from', is: 'equals', value: 'newsletter@shop.example.org' }, true],
  [{ field: 'from', is: 'equals', value: 'shop.example.org' }, false],
  [{ field: 'from', is: 'domain', value: 'example.org' }, true],
  [{ field: 'from', is: 'domain', value: '@shop.example.org' }, true],
  [{ field: 'from', is: 'domain', value: 'hop.example.org' }, false],
  [{ field: 'from', is: 'domain', value: 'shop.exampleXorg' }, false],
  [{ field: 'to', is: 'begins', value: 'info@' }, true],
  [{ field: 'subject', is: 'equals', value: 'rechnung nr. 17' }, true],
  [{ field: 'subject', is: 'begins', value: 'nr' }, false],
  [{ field: 'text', is: 'contains', value: 'tag, anbei' }, true],
  [{ field: 'header', header: 'List-Unsubscribe', is: 'present' }, true],
  [{ field: 'header', header: 'x-spam', is: 'present' }, false],
  [{ field: 'header', header: 'x-spam', is: 'contains', value: 'yes', not: true }, true],
  [{ field: 'size', is: 'above', value: '299' }, true],
  [{ field: 'size', is: 'above', value: '300' }, false],
  [{ field: 'file', is: 'present' }, true],
  [{ field: 'file', is: 'contains', value: '.pdf' }, true],
])('%o → %s', (condition, holds) => {
  expect(is(condition)).toBe(holds);
});

test('all or any of the conditions', () => {
  const two = conditions.parse([
    { field: 'subject', is: 'contains', value: 'rechnung' },
    { field: 'subject', is: 'contains', value: 'mahnung' },
  ]);
  expect(matches({ joins: 'all', conditions: two }, facts)).toBe(false);
  expect(matches({ joins: 'any', conditions: two }, facts)).toBe(true);
});

describe('filters together', () => {
  const rule = (name: string, value: string, does: unknown[]): Filter => ({
    name,
    joins: 'all',
    conditions: conditions.parse([{ field: 'subject', is: 'contains', value }]),
    actions: actions.parse(does),
    stops: name.startsWith('Siebzehn'),
  });

  test('the first says where, others add, and one that stops ends it', () => {
    const all = [
      rule('Mahnung', 'mahnung', [{ do: 'ignore' }]),
      rule('Rechnungen', 'rechnung', [{ do: 'inbox' }, { do: 'tag', tag: 'geld' }]),
      rule('Siebzehn', '17', [{ do: 'ignore' }, { do: 'copy', number: 7 }, { do: 'priority', priority: 'high' }]),
      rule('Danach', 'rechnung', [{ do: 'tag', tag: 'nie' }]),
    ];
    expect(sort(all, facts)).toEqual({
      where: { do: 'inbox' },
      copies: [7],
      tags: ['geld'],
      priority: 'high',
      names: ['Rechnungen', 'Siebzehn'],
    });
  });

  test('nothing matches, nothing is said', () => {
    expect(sort([rule('x', 'mahnung', [{ do: 'ignore' }])], facts)).toMatchObject({ where: null, names: [] });
  });
});

test.each([
  [{ field: 'size', is: 'contains', value: 'x' }],
  [{ field: 'size', is: 'above', value: 'viel' }],
  [{ field: 'header', is: 'contains', value: 'x' }],
  [{ field: 'subject', header: 'x', is: 'contains', value: 'x' }],
  [{ field: 'subject', is: 'contains', value: ' ' }],
  [{ field: 'text', is: 'domain', value: 'x' }],
])('a condition that means nothing is refused: %o', (condition) => {
  expect(conditions.safeParse([condition]).success).toBe(false);
});

test('a mail goes to one place only', () => {
  expect(actions.safeParse([{ do: 'ignore' }, { do: 'inbox' }]).success).toBe(false);
  expect(actions.safeParse([{ do: 'ignore' }, { do: 'copy', number: 3 }]).success).toBe(true);
});

test('a long text is made plain once, however many conditions look at it', () => {
  let reads = 0;
  const long: Facts = {
    ...facts,
    get text() {
      reads++;
      return facts.text;
    },
  };
  const each = conditions.parse([{ field: 'text', is: 'contains', value: 'nichts davon' }]);
  const filters = Array.from({ length: 100 }, (_, index): Filter => {
    return { name: String(index), joins: 'all', conditions: each, actions: [{ do: 'ignore' }], stops: false };
  });
  expect(sort(filters, long).names).toEqual([]);
  expect(reads).toBe(1);
});

test.each([
  [{ do: 'ignore' }, { direction: 'in', isMine: false }, true],
  [{ do: 'ignore' }, { direction: 'in', isMine: true }, false],
  [{ do: 'ignore' }, { direction: 'out', isMine: false }, false],
  [{ do: 'claim' }, { direction: 'in', isMine: true }, true],
  [{ do: 'claim' }, { direction: 'in', isMine: false }, false],
  [{ do: 'hold' }, { direction: 'out', isMine: false }, true],
  [{ do: 'hold' }, { direction: 'out', isMine: true }, false],
  [{ do: 'move', number: 'named' }, { direction: 'out', isMine: false }, false],
  [{ do: 'copy', number: 7 }, { direction: 'out', isMine: true }, true],
] as const)('%o in a rule of %o → %s', (action, scope, may) => {
  expect(isPossible(actions.parse([action]), scope)).toBe(may);
});
