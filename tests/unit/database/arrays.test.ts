import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseArray, writeArray } from '#server/database/arrays.ts';

const same = (text: string) => text;

test('what is written as an array is read as it was, whatever stands in it', () => {
  const values = fc.array(fc.option(fc.string({ unit: fc.constantFrom(...'ab\\"{},ÄN \n') })));
  fc.assert(
    fc.property(values, (texts) => {
      expect(parseArray(writeArray(texts, String), same)).toEqual(texts);
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['{}', []],
  ['{a,b}', ['a', 'b']],
  ['{NULL,"NULL",""}', [null, 'NULL', '']],
  ['{"a,b","{c}","d\\"e\\\\f"}', ['a,b', '{c}', 'd"e\\f']],
  ['[0:1]={x,y}', ['x', 'y']],
])('PostgreSQL’s %s is read', (text, values) => expect(parseArray(text, same)).toEqual(values));
