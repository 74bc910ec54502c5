import { z } from 'zod';
import { priorities } from './ticket.ts';

/** What rules would do with one mail, as a trial found it. Tickets and pools by their ids: whoever reads it may not see all. */
export const foreseen = z.object({
  mail: z.uuid(),
  /** Why the tried rule has no say: the mail belongs to a ticket anyway, or a rule above it is the last one. */
  passes: z.enum(['', 'answer', 'above']),
  does: z.enum(['usual', 'ticket', 'move', 'inbox', 'ignore', 'claim', 'read', 'hold', 'silent']),
  pool: z.uuid().nullable(),
  ticket: z.uuid().nullable(),
  /** On that ticket as a comment, which no customer sees. */
  isComment: z.boolean(),
  copies: z.array(z.uuid()),
  tags: z.array(z.string()),
  priority: z.enum(priorities).nullable(),
});

export type Foreseen = z.output<typeof foreseen>;

/** A mail that is meant, with what would become of it in words that the reader may know: null where he may not. */
export type TriedMail = Omit<Foreseen, 'mail' | 'pool' | 'ticket' | 'copies'> & {
  id: string;
  subject: string;
  /** The sender; of outgoing mail the recipient. */
  fromName: string;
  fromAddress: string;
  receivedAt: string;
  pool: string | null;
  ticket: number | null;
  copies: number[];
};

/** What became of a trial. */
export type TrialFound = { state: 'asked' | 'done' | 'failed'; looked: number; mails: TriedMail[] };
