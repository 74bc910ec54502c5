import { expect, test } from 'vitest';
import { conditionWords } from '#lib/filters/words.ts';
import { overwriteGetLocale } from '#lib/i18n/paraglide/runtime.js';
import { conditions } from '#lib/shared/filters.ts';

const said = (joins: 'all' | 'any', given: unknown) => conditionWords({ joins, conditions: conditions.parse(given) });

const given = [
  { field: 'subject', is: 'contains', value: 'Rechnung', not: true },
  { field: 'from', is: 'domain', value: 'nord.example', not: true },
  { field: 'file', is: 'present', not: true },
  { field: 'size', is: 'above', value: '50' },
];

test('a rule is read as a sentence, what it denies too', () => {
  overwriteGetLocale(() => 'de');
  expect(said('all', given)).toBe(
    'Betreff enthält nicht „Rechnung“ und Absender ist nicht von der Domain „nord.example“ und Datei im Anhang ist nicht vorhanden und Größe in KB ist größer als „50“',
  );
  overwriteGetLocale(() => 'en');
  expect(said('any', given.slice(0, 3))).toBe(
    'Subject does not contain “Rechnung” or Sender is not from the domain “nord.example” or Attached file is not present',
  );
});
