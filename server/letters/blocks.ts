/** What a mail consists of; each block is drawn once as HTML and once as text, so the two cannot tell different stories. */
export type Block =
  | { kind: 'paragraph'; text: string }
  /** HTML that `sanitiseRichText` or `sanitiseMail` made safe, with its text. */
  | { kind: 'rich'; html: string; text: string }
  | { kind: 'button'; label: string; url: string; fallback: string }
  | { kind: 'heading'; text: string }
  | { kind: 'entry'; author: string; at: string; html: string; text: string }
  | { kind: 'list'; title: string; items: string[] }
  | { kind: 'note'; text: string };

export type MailDesign = {
  language: 'de' | 'en';
  company: string;
  /** `#rrggbb` */
  accent: string;
  /** What inboxes show beside the subject. */
  preview: string;
  /** The line above which to answer; only where an answer goes to a ticket. */
  separator: { text: string; token: string } | null;
  blocks: Block[];
};

/** Links in mails are made by us; anything else in their place is a mistake that must not be sent. */
export function webAddress(url: string): string {
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError('a mail links to http or https only');
  return href;
}
