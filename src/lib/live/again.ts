export const bounds = { leastMs: 1_000, mostMs: 15_000 };

/**
 * How long to wait before the next attempt: anything below a bound that doubles with each failure. Five thousand screens that
 * lost their server in the same moment must not come back in the same moment, so nothing of it is fixed ("full jitter",
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function waitMs(failures: number, { leastMs, mostMs } = bounds): number {
  return Math.random() * Math.min(mostMs, leastMs * 2 ** failures);
}

/**
 * The same where it is known for how long the server is away: anything below that time. Who counts failures instead waits twice
 * as long after an outage of seconds, whose first attempts all fail at once.
 */
export function waitAfterMs(awayMs: number): number {
  return Math.random() * longestWaitMs(awayMs);
}

export function longestWaitMs(awayMs: number, { leastMs, mostMs } = bounds): number {
  return Math.min(mostMs, Math.max(leastMs, awayMs));
}
