import { expect, test } from 'vitest';
import { readableOn } from '#lib/ui/accent.ts';

test.each([
  ['#0f5c5c', '#ffffff'],
  ['#ffd400', '#000000'],
  ['#ffffff', '#000000'],
  ['#000000', '#ffffff'],
  ['#777777', '#000000'],
  ['nonsense', '#ffffff'],
])('on %s one reads %s', (colour, ink) => {
  expect(readableOn(colour)).toBe(ink);
});
