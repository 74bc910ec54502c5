// A card is 72 px high, always: only so may ten thousand of them be a number until one scrolls there.
export const cardHeight = 72;
export const gap = 6;
export const rowHeight = cardHeight + gap;

/** What a server renders, which knows no window: the height of a common screen. */
export const guessedHeight = 860;
const beyond = 3;
/** On the whole board, however large the screen and however many lists lie open: more than this makes every change slow. */
export const mostCards = 300;
/** Cards that stay rendered out of sight: what has the focus, and what is being dragged. */
export const besidesWindow = 2;

export type Range = { from: number; to: number };

type View = { scrollTop: number; height: number; count: number; most?: number };

/** The rows to render: those in sight and, as far as `most` allows, a few on each side. `to` is exclusive. */
export function rangeAt({ scrollTop, height, count, most = mostCards }: View): Range {
  const first = Math.floor(scrollTop / rowHeight);
  const last = Math.ceil((scrollTop + height) / rowHeight);
  const spare = Math.max(0, Math.min(beyond, Math.floor((most - (last - first)) / 2)));
  const from = Math.max(0, first - spare);
  const to = Math.min(count, last + spare, from + most);
  return { from: Math.min(from, Math.max(0, to - 1)), to };
}

/** Where to scroll so that a row is in sight; the present place if it is. */
export function scrollTo(index: number, scrollTop: number, height: number): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
}
