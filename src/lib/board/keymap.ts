import { m } from '#lib/i18n/paraglide/messages.js';

/**
 * The keys of the board, once: what is listed under `?` and what BoardKeys listens to are the same table, so that neither
 * can tell more than the other.
 */
export const boardKeys = {
  j: m.common_key_next,
  k: m.common_key_previous,
  h: m.common_key_left,
  l: m.common_key_right,
  n: m.moves_key_new,
  '/': m.common_key_search,
} as const;

/** Keys that mean the card with the focus, or the chosen ones if it is one of them. */
export const cardKeys = {
  c: m.common_key_claim,
  a: m.common_key_assign,
  m: m.common_key_move,
  e: m.moves_key_close,
  r: m.moves_key_answer,
  i: m.moves_key_comment,
  p: m.moves_key_peek,
  '.': m.moves_key_menu,
  ' ': m.moves_key_choose,
} as const;

export type BoardKey = keyof typeof boardKeys;
export type CardKey = keyof typeof cardKeys;
