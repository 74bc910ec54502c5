// What a conversation looks like on its way to a browser.

export type Author = { kind: 'member' | 'contact' | 'system'; id: string | null; name: string };

export type Attachment = {
  id: string;
  /** Null for a file that stands by itself. */
  message: string | null;
  name: string;
  mime: string;
  size: number;
  visibility: 'internal' | 'public';
  author: Author;
  at: string;
};

/** A mail that told a customer of a message. `response` is the other server's words. */
export type Delivery = {
  id: string;
  message: string | null;
  kind: string;
  to: string;
  state: 'queued' | 'sending' | 'sent' | 'failed' | 'unknown' | 'held' | 'cancelled' | 'bounced';
  response: string;
  at: string;
  attempts: number;
  /** While it waits: when it leaves, or is tried again. */
  next: string;
  /** Since when it is being tried. */
  since: string | null;
  /** It was unclear whether it had arrived, so it was sent twice. */
  isRepeated: boolean;
  /** When a server on its way reported that it could not deliver it yet. */
  late: string | null;
};

/** `sender`: whose pictures may be shown always, '' where nobody is proven to have written it. `isTrusted`: the reader wants that. */
export type ImageTrust = { sender: string; isTrusted: boolean };

export type Message = {
  id: string;
  kind: 'message' | 'comment' | 'update';
  visibility: 'internal' | 'public';
  channel: 'app' | 'page' | 'portal' | 'mail' | 'form' | 'api';
  author: Author;
  at: string;
  editedAt: string | null;
  withdrawnAt: string | null;
  /** Safe to put into a page. */
  html: string;
  /** What a reply quotes, safe too; empty where there is none, or where only the original shows it. */
  quoted: string;
  /** The mail's own layout is more than `html` can say: `frame` when it cannot be read without, `aside` when it can. */
  original: 'none' | 'aside' | 'frame';
  hasRemoteImages: boolean;
  images: ImageTrust;
  machine: '' | 'automatic' | 'bounce';
  /** What the team wrote it for, where that is more than an answer. */
  occasion: '' | 'question' | 'interim' | 'statement' | 'forward';
  /** False: written by an address that does not belong to this ticket. */
  isVerified: boolean;
  files: Attachment[];
  deliveries: Delivery[];
};

export type Conversation = { messages: Message[]; hasEarlier: boolean };

/** Only these are shown in place: a browser runs nothing in them. Everything else is downloaded. */
export const pictureTypes: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];

export function isPicture({ mime }: { mime: string }): boolean {
  return pictureTypes.includes(mime);
}

/** What a message said until it was changed. */
export type MessageVersion = { until: string; html: string };
