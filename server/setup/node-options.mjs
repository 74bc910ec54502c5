import { totalmem } from 'node:os';

/**
 * How Node is started for a server: with at most 16 MB, twice, for young objects. Its own bound grows with the machine, to 64 MB twice:
 * thousands who join at once make it grow to the full, and it is given back only after minutes of quiet. What is delivered dies at once, in
 * 16 MB as in 64. Below 1 GB Node takes less by itself.
 */
export const serverOptions = memory() >= 2 ** 30 ? ['--max-semi-space-size=16'] : [];

/** In bytes; what a container may use, where it is bounded. */
function memory() {
  // 0, or more than there is, where it is not.
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}
