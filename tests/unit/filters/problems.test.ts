import { beforeAll, expect, test } from 'vitest';
import { draftOf, inputFrom, type Draft } from '#lib/filters/draft.ts';
import { isFine, problemsOf } from '#lib/filters/problems.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import { overwriteGetLocale } from '#lib/i18n/paraglide/runtime.js';
import { commands } from '#lib/shared/commands.ts';

/* What is wrong with a rule is said at its field; what the form finds fine, the server takes. */

const de = { locale: 'de' } as const;

beforeAll(() => overwriteGetLocale(() => 'de'));

const pool = '7d3f9a52-6f1e-4c07-9d0e-0c2b5f1a9b11';
const fine = (changes: Partial<Draft> = {}): Draft => ({
  ...draftOf(null, { direction: 'in', isMine: false, pool, sender: 'news@shop.example' }),
  ...changes,
});
const condition = (changes: Partial<Draft['conditions'][number]>) => ({
  conditions: [
    ...fine().conditions,
    { field: 'subject', is: 'contains', header: '', value: 'Rechnung', not: false, ...changes },
  ] satisfies Draft['conditions'],
});

test.each<[string, Draft]>([
  ['one made from a mail', fine()],
  ['a header that is there', fine(condition({ field: 'header', is: 'present', header: 'List-Id', value: '' }))],
  ['a size', fine(condition({ field: 'size', is: 'above', value: ' 500 ' }))],
  ['an operator left over from another field', fine(condition({ field: 'file', is: 'equals', value: '' }))],
  ['a number as people write it', fine({ where: 'move', number: ' #1042', copyTo: 'number', copy: '7' })],
  ['a tag alone', fine({ where: 'usual', tag: 'Werbung' })],
])('%s is fine, for the form and for the server', (_, draft) => {
  expect(isFine(problemsOf(draft))).toBe(true);
  expect(commands['filter.create'].safeParse(inputFrom(draft)).error).toBeUndefined();
});

test.each<[string, Draft, Partial<ReturnType<typeof problemsOf>>]>([
  ['its name', fine({ name: '  ' }), { name: m.filters_bad_name({}, de) }],
  ['a value', fine(condition({ value: ' ' })), second({ value: m.filters_bad_value({}, de) })],
  [
    'a size that is no number',
    fine(condition({ field: 'size', is: 'above', value: 'groß' })),
    second({ value: m.filters_bad_size({}, de) }),
  ],
  [
    'the name of a header',
    fine(condition({ field: 'header', header: 'List Id:' })),
    second({ header: m.filters_bad_header({}, de) }),
  ],
  ['where it goes', fine({ where: 'move', number: 'das von gestern' }), { number: m.filters_bad_number({}, de) }],
  ['where its copy goes', fine({ copyTo: 'number', copy: '0' }), { copy: m.filters_bad_number({}, de) }],
  ['that nothing happens', fine({ where: 'usual' }), { nothing: m.filters_bad_nothing({}, de) }],
])('%s is marked there and nowhere else, and the server would refuse it too', (_, draft, marked) => {
  expect(problemsOf(draft)).toEqual({ conditions: draft.conditions.map(() => ({})), ...marked });
  expect(commands['filter.create'].safeParse(inputFrom(draft)).success).toBe(false);
});

function second(problem: { header?: string; value?: string }) {
  return { conditions: [{}, problem] };
}
