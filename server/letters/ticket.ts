import { fileSize } from '#lib/i18n/formats.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { BlockPlaceholder, Occasion, WordPlaceholder } from '#lib/shared/templates.ts';
import type { Block } from './blocks.ts';
import type { Draft, Frame, WrittenMessage } from './render.ts';
import { greetingFor, salutationFor } from './salutation.ts';
import { standardOf } from './standards.ts';
import { taggedSubject } from './subject.ts';
import { blocksFrom } from './template.ts';

/** `url` is the recipient's own link; null where he gets none. */
export type TicketFacts = { number: number; subject: string; url: string | null; pool?: string };
/** `isAttached`: the mail carries it; else it was too large and waits on the ticket's page. */
export type MailFile = { name: string; size: number; isAttached: boolean };
/** `author` null: the recipient himself. */
export type HistoryEntry = { author: string | null; at: Date; html: string; text: string };

export type TicketMail = {
  kind: Occasion;
  ticket: TicketFacts;
  message?: WrittenMessage | null;
  files?: MailFile[];
  /** Newest first, public entries only; the caller reads it as the recipient. */
  history?: HistoryEntry[];
  hasMore?: boolean;
};

/** A mail about a ticket, in the workspace's own words or in the standard ones. */
export function ticketDraft(mail: TicketMail, frame: Frame): Draft {
  const { ticket, message = null } = mail;
  const body = frame.template ?? standardOf(mail.kind, frame.language);
  return {
    subject: taggedSubject(ticket.subject, ticket.number),
    preview: previewOf(mail, frame),
    blocks: blocksFrom(body, {
      values: wordsOf({ ticket, agent: message?.author ?? '' }, frame),
      slots: slotsOf(mail, frame),
      greets: greets.test(message?.text ?? ''),
      takesLeave: takesLeave.test(message?.text.slice(-400) ?? ''),
    }),
  };
}

const greets =
  /^\s*(?:guten (?:tag|morgen|abend)|hallo|sehr geehrte|liebe[rs]?\b|moin|servus|grüß|hi\b|hello|dear\b|good (?:morning|afternoon|evening))/i;
const takesLeave =
  /(?:grüße?n?|gruß|regards|sincerely|best wishes|beste wünsche|hochachtungsvoll)[\s,!.]*(?:\n.*){0,4}$/i;

function previewOf({ kind, ticket, message }: TicketMail, { language }: Frame): string {
  const locale = { locale: language };
  const number = `#${ticket.number}`;
  const previews: Record<Occasion, () => string> = {
    confirmation: () => m.mail_confirmation_preview({ number }, locale),
    message: () => m.mail_message_preview({ author: message?.author ?? '' }, locale),
    question: () => m.mail_question_preview({ number }, locale),
    interim: () => m.mail_interim_preview({ number }, locale),
    closing: () => m.mail_closing_preview({ number }, locale),
    statement: () => m.mail_statement_preview({ number }, locale),
    forward: () => m.mail_forward_preview({ number }, locale),
  };
  return previews[kind]();
}

type Words = { ticket: Pick<TicketFacts, 'number' | 'subject' | 'pool'>; agent: string };

/** What placeholders within a line say; text blocks know no others. */
export function wordsOf(
  { ticket, agent }: Words,
  { recipient, company, language }: Pick<Frame, 'recipient' | 'company' | 'language'>,
): Record<WordPlaceholder, string> {
  return {
    salutation: salutationFor(recipient, language),
    greeting: greetingFor(recipient, language),
    customer: recipient?.name ?? '',
    number: `#${ticket.number}`,
    subject: ticket.subject,
    agent,
    pool: ticket.pool ?? '',
    company,
  };
}

function slotsOf(mail: TicketMail, frame: Frame): Record<BlockPlaceholder, Block[]> {
  const { ticket, message, files = [] } = mail;
  return {
    text: message?.text ? [{ kind: 'rich', html: message.html, text: message.text }] : [],
    files: attachments(files, frame),
    link: link(ticket, frame),
    history: history(mail, frame),
  };
}

function link({ url }: TicketFacts, { language }: Frame): Block[] {
  const locale = { locale: language };
  return url
    ? [{ kind: 'button', label: m.mail_open({}, locale), url, fallback: m.mail_button_fallback({}, locale) }]
    : [];
}

function attachments(files: MailFile[], { language }: Frame): Block[] {
  if (files.length === 0) return [];
  const locale = { locale: language };
  const items = files.map(({ name, size, isAttached }) => {
    const facts = { name, size: fileSize(size, language) };
    return isAttached ? m.mail_file(facts, locale) : m.mail_file_on_page(facts, locale);
  });
  return [{ kind: 'list', title: m.mail_attachments({}, locale), items }];
}

function history({ history: entries = [], hasMore, ticket }: TicketMail, frame: Frame): Block[] {
  const more = hasMore && ticket.url ? m.mail_history_more({}, { locale: frame.language }) : '';
  return [...entries.map((entry) => past(entry, frame)), ...(more ? [{ kind: 'paragraph' as const, text: more }] : [])];
}

function past({ author, at, html, text }: HistoryEntry, { language, timeZone }: Frame): Block {
  const format = new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    ...(timeZone ? { timeZone } : {}),
  });
  return {
    kind: 'entry',
    author: author ?? m.mail_history_you({}, { locale: language }),
    at: format.format(at),
    html,
    text,
  };
}
