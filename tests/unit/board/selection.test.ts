import { expect, test } from 'vitest';
import { Selection } from '#lib/board/selection.svelte.ts';

test('Shift and an arrow choose the card one was on and the next, and let go what one steps back over', () => {
  const selection = new Selection();
  selection.stretch({ from: 'a', to: 'b' });
  selection.stretch({ from: 'b', to: 'c' });
  expect(selection.tickets).toEqual(['a', 'b', 'c']);
  selection.stretch({ from: 'c', to: 'b' });
  expect(selection.tickets).toEqual(['a', 'b']);
});

test('at the end of a list the last card stays chosen', () => {
  const selection = new Selection();
  selection.stretch({ from: 'a', to: 'b' });
  selection.stretch({ from: 'b', to: 'b' });
  selection.stretch({ from: 'b', to: 'b' });
  expect(selection.tickets).toEqual(['a', 'b']);
});
