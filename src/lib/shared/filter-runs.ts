/** What rules of one's own did about a mail. */
export type Ran = {
  id: string;
  names: string[];
  state: 'asked' | 'done' | 'refused';
  /** Why it was refused, as a code. */
  reason: string;
  subject: string;
  /** Who wrote the mail; of outgoing mail whom it went to. */
  person: string;
  /** The number of its ticket, where the reader sees that. */
  ticket: number | null;
  at: string;
};
