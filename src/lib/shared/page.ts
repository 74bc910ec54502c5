import type { Attachment, Conversation } from './conversation.ts';
import type { Status } from './ticket.ts';

/** A ticket's state in a customer's words: what the team calls assigned or in progress is one thing to him. */
export type Stage = 'received' | 'working' | 'done' | 'closed' | 'cancelled';

export const stages: Record<Status, Stage> = {
  draft: 'received',
  open: 'received',
  assigned: 'working',
  in_progress: 'working',
  done: 'done',
  closed: 'closed',
  cancelled: 'cancelled',
};

/** What the holder of a ticket link sees: this ticket's public side alone. */
export type TicketPage = {
  /** The ticket's own counter, as of which the page was read. */
  seq: number;
  workspace: { name: string; accent: string; language: 'de' | 'en' };
  ticket: {
    id: string;
    number: number;
    subject: string;
    stage: Stage;
    createdAt: string;
    closedAt: string | null;
    /** Who is working on it, by name. */
    responsible: string | null;
  };
  me: { id: string; name: string };
  conversation: Conversation;
  /** Files that stand by themselves. */
  files: Attachment[];
  /** The service history: when the state changed in the customer's words, oldest first. */
  steps: { at: string; stage: Stage }[];
};
