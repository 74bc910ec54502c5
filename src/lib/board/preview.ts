import { z } from 'zod';

const shape = z.object({
  description: z.string(),
  last: z
    .object({
      text: z.string(),
      author: z.string(),
      isCustomer: z.boolean(),
      visibility: z.enum(['internal', 'public']),
      at: z.string(),
    })
    .nullable(),
});
/** The beginning of what a ticket says, for a glance without opening it. */
export type Glance = z.infer<typeof shape>;

/** @throws when the server is away or the ticket is out of sight */
export async function glanceAt(workspace: string, ticket: string, signal: AbortSignal): Promise<Glance> {
  const response = await fetch(`/api/v1/${workspace}/tickets/${ticket}/glance`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(8_000)]),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return shape.parse(await response.json());
}
