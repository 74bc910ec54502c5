import type { ImageTrust } from '#lib/shared/conversation.ts';
import type { Priority } from '#lib/shared/ticket.ts';

/** A mail of the inbox, opened, as the server's `letterOf` gives it. */
export type Contact = { id: string; name: string; organisation: string; address: string; phone: string };

export type Letter = {
  id: string;
  state: string;
  reason: string;
  fromName: string;
  fromAddress: string;
  subject: string;
  text: string;
  hasHtml: boolean;
  hasRemoteImages: boolean;
  images: ImageTrust;
  phone: string;
  tags: string[];
  priority: Priority;
  verdicts: string[];
  receivedAt: string;
  account: { name: string; address: string; pool: string | null; sendsConfirmation: boolean };
  takenBy: string | null;
  decidedBy: string | null;
  decidedAt: string | null;
  ticket: number | null;
  files: { id: string; name: string; mime: string; size: number; isInline: boolean }[];
  contact: Contact | null;
  named: Contact[];
  maybe: { id: string; number: number; subject: string } | null;
};

/** A mail that came in, where it is looked for: with its sender, or with its ticket. */
export type MailLine = {
  id: string;
  subject: string;
  fromName: string;
  fromAddress: string;
  receivedAt: string;
  reason: string;
  ticket: number | null;
  isInInbox: boolean;
  hasSource: boolean;
};
