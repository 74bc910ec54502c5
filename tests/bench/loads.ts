/**
 * What the fan-out is measured under, and simulated for comparison (tests/scale/validate.ts). At 5,000 the boards' own processes
 * need a quarter of a second for each claim, so that only few of them fit into a benchmark: of those the slowest is told.
 */
export const loads = [
  { audience: 100, perSecond: 20, claims: 100 },
  { audience: 1_000, perSecond: 20, claims: 100 },
  { audience: 5_000, perSecond: 2, claims: 10 },
] as const;
