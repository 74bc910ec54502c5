import { error } from '@sveltejs/kit';
import { cut } from '#lib/board/cut.ts';
import { groupingIn } from '#lib/shared/parts.ts';
import { opening } from '#server/domain/board/opening.ts';
import type { LayoutServerLoad } from './$types.js';

/** Reads nothing of the address below it: opening a ticket beside the board, or another grouping, does not load the board again. */
export const load: LayoutServerLoad = async ({ locals, url, untrack }) => {
  const { member } = locals;
  if (!member) error(404, { id: '', message: '' });
  const by = untrack(() => groupingIn(url.searchParams));
  return { beginning: cut(await opening(member, { by }), { by, me: member }) };
};
