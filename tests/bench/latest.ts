import { z } from 'zod';

const figure = z.object({
  name: z.string(),
  unit: z.string(),
  value: z.number(),
  low: z.number(),
  high: z.number(),
  runs: z.number(),
  limit: z.string(),
});

/** bench/latest.json: the newest figures of each part, and the machine of the newest run. */
export const latestSchema = z.object({
  machine: z.object({
    system: z.string(),
    processor: z.string(),
    cores: z.number(),
    memoryGb: z.number(),
    fsyncMs: z.number(),
    loadPerCore: z.number(),
    node: z.string(),
    postgres: z.string(),
  }),
  parts: z.record(z.string(), z.object({ at: z.string(), seconds: z.number(), figures: z.array(figure) })),
});

export type Latest = z.infer<typeof latestSchema>;
