export const bounds = { leastMs: 1_000, mostMs: 15_000 };

/**
 * How long to wait before the next attempt: anything below a bound that doubles with each failure. Five thousand screens that
 * lost their server in the same moment must not come back in the same moment, so nothing of it is fixed ("full jitter",
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function waitMs(failures: number, { leastMs, mostMs } = bounds): number {
  return Math.random() * Math.min(mostMs, leastMs * 2 ** failures);
}
