/**
 * What the fan-out is measured under, and simulated for comparison (tests/scale/validate.ts). At 5,000 the boards' own processes
 * need most of a second for each claim; a hundred of them would take ten minutes.
 */
export const loads = [
  { audience: 100, perSecond: 20, claims: 100 },
  { audience: 1_000, perSecond: 20, claims: 100 },
  { audience: 5_000, perSecond: 2, claims: 34 },
] as const;
