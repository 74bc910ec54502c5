import type { Outgoing } from '#lib/admin/outgoing.ts';

/** A mail that its agent looks after, as the server's `ownOutgoing` gives it. */
export type Mail = Omit<Outgoing, 'ticket'> & {
  ticket: number;
  contactId: string | null;
  message: string | null;
  delayedSince: string | null;
  isReturnable: boolean;
  mayWork: boolean;
};
