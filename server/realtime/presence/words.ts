import { z } from 'zod';

// What processes say to each other about one workspace. They are ours, and yet checked: another version may run beside.

/** How often each process says again who is with it. */
export const beatMs = 2_000;

/** Far more pages of one workspace than one process serves. */
const mostVisits = 50_000;

const id = z.string().max(60);
const ticket = z.uuid();

/** A page that is open in the process that says so. */
const visit = z.object({ id, member: z.uuid(), ticket: ticket.nullable() });

export const words = z.discriminatedUnion('kind', [
  /** All pages of the sender, said now and then: whoever is silent for long is gone. `asks`: and you? */
  z.object({ kind: z.literal('all'), visits: z.array(visit).max(mostVisits), asks: z.boolean() }),
  z.object({ kind: z.literal('visit'), visit }),
  z.object({ kind: z.literal('gone'), id }),
  /** `id` is the page's; null when it is the ticket's customer who types. */
  z.object({ kind: z.literal('typing'), id: id.nullable(), ticket, where: z.enum(['public', 'internal']).nullable() }),
]);

export type Words = z.infer<typeof words>;
export type SaidVisit = z.infer<typeof visit>;

export const channelOf = (workspaceId: string) => `lotse:presence:${workspaceId}`;
