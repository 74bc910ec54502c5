import { expect, test } from 'vitest';
import { doubleClaims, type Turn } from '../chaos/turns.ts';

const turn = (type: string, by: string, to: string | null = null): Turn => ({
  ticket: 't',
  type: `ticket.${type}`,
  by,
  to,
});

test('claims that alternate with releases, moves and what is given to a group are right', () => {
  const turns = [
    turn('claimed', 'ada'),
    turn('released', 'ada'),
    turn('claimed', 'ben'),
    turn('moved', 'ada'),
    turn('claimed', 'ada'),
    turn('assigned', 'ada'),
    turn('claimed', 'ben'),
    turn('assigned', 'ben', 'ada'),
  ];
  expect(doubleClaims('t', turns)).toEqual([]);
});

test.each([
  ['a claim', turn('claimed', 'ada')],
  ['a handing over', turn('assigned', 'mona', 'ada')],
])('a claim after %s to which nothing put an end is wrong', (_, first) => {
  expect(doubleClaims('t', [first, turn('claimed', 'ben')])).toEqual(["t was ada's when ben claimed it"]);
});
