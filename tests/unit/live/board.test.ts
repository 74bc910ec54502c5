import { expect, test } from 'vitest';
import { LiveBoard } from '#lib/live/board.svelte.ts';
import { boardFrom, type Group } from '#lib/shared/board.ts';

const named = (seq: number, name: string) => {
  const groups: Group[] = [{ id: 'g', name, members: [] }];
  return { seq, pools: [], people: [], groups };
};

test('an older answer about what stands beside the cards replaces no newer one, whichever way it comes', () => {
  const board = new LiveBoard();
  board.stand(named(10, 'Hausmeister'));
  board.stand(named(12, 'Technik'));
  board.stand(named(11, 'Hausmeister'));
  expect(board.groups.map(({ name }) => name)).toEqual(['Technik']);
  board.renew(boardFrom({ seq: 11, cards: [], reads: [] }), named(11, 'Hausmeister'));
  expect(board.groups.map(({ name }) => name)).toEqual(['Technik']);
});
