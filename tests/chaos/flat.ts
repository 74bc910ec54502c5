/** What a server held at a moment, by name. */
export type Sample = { atMs: number; held: Record<string, number> };

/** How much may be added from the first third's end to the last moment, in parts of what is there: noise, not a leak. */
const share = 0.05;
/** The same for what is counted in pieces. */
const pieces = 10;

export type Trend = { name: string; mean: number; growth: number; isFlat: boolean };

/**
 * Whether what a server holds stays what it is: by each name the straight line through the last two thirds, and how much it rises
 * from its begin to its end. What is less than the bound, or falls, is flat.
 */
export function trends(samples: readonly Sample[]): Trend[] {
  const late = samples.slice(Math.floor(samples.length / 3));
  const [first] = late;
  if (!first || late.length < 3) throw new Error('Too few samples to tell a trend');
  return Object.keys(first.held).map((name) => {
    const points = late.map(({ atMs, held }) => ({ x: atMs, y: held[name] ?? NaN }));
    const mean = meanOf(points.map(({ y }) => y));
    const growth = slopeOf(points) * ((points.at(-1)?.x ?? 0) - first.atMs);
    return { name, mean, growth, isFlat: growth <= Math.max(share * mean, pieces) };
  });
}

/** Least squares. */
function slopeOf(points: readonly { x: number; y: number }[]): number {
  const [x, y] = [meanOf(points.map((point) => point.x)), meanOf(points.map((point) => point.y))];
  const over = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
  const under = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  return over / under;
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}
