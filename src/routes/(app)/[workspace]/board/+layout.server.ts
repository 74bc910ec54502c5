import { error } from '@sveltejs/kit';
import { cut } from '#lib/board/cut.ts';
import { snapshot } from '#server/domain/board.ts';
import type { LayoutServerLoad } from './$types.js';

/** Reads nothing of the address below it: opening a ticket beside the board does not load the board again. */
export const load: LayoutServerLoad = async ({ locals }) => {
  const { member } = locals;
  if (!member) error(404, { id: '', message: '' });
  return { beginning: cut(await snapshot(member), member) };
};
