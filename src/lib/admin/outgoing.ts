/** A mail on its way out, as its page and the list show it. */
export type Outgoing = {
  id: string;
  kind: string;
  state: 'queued' | 'sending' | 'sent' | 'failed' | 'unknown' | 'held' | 'cancelled' | 'bounced';
  toAddress: string;
  subject: string;
  ticket: number | null;
  attempts: number;
  nextAttemptAt: string;
  response: string;
  createdAt: string;
  sentAt: string | null;
};
