// Fractional ranks: text keys compared byte by byte, so that one moved row is one changed row. After D. Greenspan,
// "Implementing Fractional Indexing" (2020); digits only after the point, never ending in the lowest one.
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A rank strictly between two others; null stands for the open end. Throws RangeError when `before` is not below `after`. */
export function between(before: string | null, after: string | null): string {
  if (before !== null && after !== null && before >= after) throw new RangeError('ranks out of order');
  const low = before ?? '';
  for (let place = 0; ; place++) {
    const from = digits.indexOf(low[place] ?? '0');
    const to = after === null || place >= after.length ? digits.length : digits.indexOf(after[place] ?? '0');
    if (to - from > 1) return prefix(low, place) + digits[Math.floor((from + to) / 2)];
    if (to > from) return roomBelow(low, place);
  }
}

/** The digits agree up to `place` and are neighbours there: any longer rank above `low` fits. */
function roomBelow(low: string, place: number): string {
  for (let next = place + 1; ; next++) {
    const from = digits.indexOf(low[next] ?? '0');
    if (from < digits.length - 1) return prefix(low, next) + digits[Math.ceil((from + digits.length) / 2)];
  }
}

function prefix(rank: string, length: number): string {
  return rank.slice(0, length).padEnd(length, '0');
}
