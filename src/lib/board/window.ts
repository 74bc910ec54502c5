// A card is 72 px high, always: only so may ten thousand of them be a number until one scrolls there.
export const cardHeight = 72;
export const gap = 6;
export const rowHeight = cardHeight + gap;

/** What a server renders, which knows no window: the height of a common screen. */
export const guessedHeight = 860;
const beyond = 3;

export type Range = { from: number; to: number };

/** The rows to render: those in sight and a few on each side. `to` is exclusive. */
export function rangeAt(scrollTop: number, height: number, count: number): Range {
  const from = Math.max(0, Math.floor(scrollTop / rowHeight) - beyond);
  const to = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + beyond);
  return { from: Math.min(from, Math.max(0, to - 1)), to };
}

/** Where to scroll so that a row is in sight; the present place if it is. */
export function scrollTo(index: number, scrollTop: number, height: number): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
}
