import type { Language } from '#lib/i18n/languages.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Block } from './blocks.ts';
import { layOutHtml } from './layout-html.ts';
import { layOutText } from './layout-text.ts';
import { noticeDraft, type NoticeMail } from './notice.ts';
import type { Person } from './salutation.ts';
import { invitation, magicLink, passwordReset } from './access.ts';
import { ticketDraft, type TicketMail } from './ticket.ts';

/** Written in the customer's language. */
export type Frame = {
  language: Language;
  /** Name of the workspace; customers read it as the company. */
  company: string;
  accent: string;
  recipient: Person | null;
  /** `separatorToken(key)`; null where no answer is expected. */
  separator: string | null;
  /** IANA name for the times in the history. */
  timeZone?: string;
  /** The workspace's own words; the standard ones where it has none. */
  template?: string | null;
};

export type WrittenMessage = { html: string; text: string; author: string };

export type MailContent =
  | TicketMail
  | NoticeMail
  | { kind: 'invitation'; inviter: string; url: string; until: Date }
  | { kind: 'magicLink'; url: string }
  | { kind: 'passwordReset'; url: string };

export type RenderedMail = { subject: string; text: string; html: string };

export type Draft = { subject: string; preview: string; blocks: Block[] };

/** One source, two parts. All plain values are escaped; `html` values must have been sanitised before. */
export function renderMail(content: MailContent, frame: Frame): RenderedMail {
  const { subject, preview, blocks } = draftOf(content, frame);
  const { language, company, accent } = frame;
  const separator = frame.separator
    ? { text: m.mail_separator({}, { locale: language }), token: frame.separator }
    : null;
  const design = { language, company, accent, preview, separator, blocks };
  return { subject: oneLine(subject), text: layOutText(design), html: layOutHtml(design) };
}

/** "Jonas Brandt (Hausverwaltung Nord)": who writes, without pretending to be his own mailbox. */
export function senderName(author: string | null, company: string, locale: Language): string {
  return oneLine(author ? m.mail_sender({ author, company }, { locale }) : company);
}

function draftOf(content: MailContent, frame: Frame): Draft {
  switch (content.kind) {
    case 'notice':
      return noticeDraft(content, frame);
    case 'invitation':
      return invitation(content, frame);
    case 'magicLink':
      return magicLink(content, frame);
    case 'passwordReset':
      return passwordReset(content, frame);
    default:
      return ticketDraft(content, frame);
  }
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 900);
}
