import type { Author } from './conversation.ts';
import type { EventType } from './events.ts';

/** One line of a ticket's history. `data` holds codes and ids, `names` what they are called as far as the reader may know. */
export type HistoryEntry = {
  id: string;
  at: string;
  type: EventType | 'ticket.viewed';
  author: Author;
  data: Record<string, unknown>;
  names: Record<string, string>;
};

export type History = {
  /** Newest first. */
  entries: HistoryEntry[];
  /** Hand it back to read on; null at the end. */
  next: string | null;
};
