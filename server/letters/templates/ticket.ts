import { fileSize } from '#lib/i18n/formats.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Block } from '../blocks.ts';
import type { Draft, Frame, MailContent, WrittenMessage } from '../render.ts';
import { greetingFor } from '../salutation.ts';
import { taggedSubject } from '../subject.ts';

/** `url` is the customer's own link. */
export type TicketFacts = { number: number; subject: string; url: string };
/** `isAttached`: the mail carries it; else it was too large and waits on the ticket's page. */
export type MailFile = { name: string; size: number; isAttached: boolean };
/** `author` null: the customer himself. */
export type HistoryEntry = { author: string | null; at: Date; html: string; text: string };

type Of<Kind extends MailContent['kind']> = Extract<MailContent, { kind: Kind }>;

export function confirmation({ ticket }: Of<'confirmation'>, frame: Frame): Draft {
  const locale = { locale: frame.language };
  const number = `#${ticket.number}`;
  return {
    subject: taggedSubject(ticket.subject, ticket.number),
    preview: m.mail_confirmation_preview({ number }, locale),
    blocks: [
      greeting(frame),
      { kind: 'paragraph', text: m.mail_confirmation_intro({ number }, locale) },
      link(ticket, frame),
      ...regards(frame, null),
      ...hints(frame, [m.mail_confirmation_automatic({}, locale)]),
    ],
  };
}

export function message({ ticket, message: written, files }: Of<'message'>, frame: Frame): Draft {
  const locale = { locale: frame.language };
  return {
    subject: taggedSubject(ticket.subject, ticket.number),
    preview: m.mail_message_preview({ author: written.author }, locale),
    blocks: [...letter(written, frame), ...attachments(files, frame), link(ticket, frame), ...hints(frame, [])],
  };
}

export function closing({ ticket, message: written, history, hasMore }: Of<'closing'>, frame: Frame): Draft {
  const locale = { locale: frame.language };
  const number = `#${ticket.number}`;
  const intro: Block = { kind: 'paragraph', text: m.mail_closing_intro({ number }, locale) };
  const heading: Block = { kind: 'heading', text: m.mail_closing_history({}, locale) };
  return {
    subject: taggedSubject(ticket.subject, ticket.number),
    preview: m.mail_closing_preview({ number }, locale),
    blocks: [
      ...(written ? letter(written, frame, intro) : [greeting(frame), intro, ...regards(frame, null)]),
      link(ticket, frame),
      ...(history.length > 0 ? [heading, ...history.map((entry) => past(entry, frame))] : []),
      ...(hasMore ? [{ kind: 'paragraph' as const, text: m.mail_history_more({}, locale) }] : []),
      { kind: 'note', text: m.mail_closing_reopen({}, locale) },
      { kind: 'note', text: m.mail_link_hint({}, locale) },
    ],
  };
}

/** Greeting and closing around the words, unless the writer brought his own. */
function letter(written: WrittenMessage, frame: Frame, intro?: Block): Block[] {
  const greets =
    /^\s*(?:guten (?:tag|morgen|abend)|hallo|sehr geehrte|liebe[rs]?\b|moin|servus|grüß|hi\b|hello|dear\b|good (?:morning|afternoon|evening))/i;
  const closes =
    /(?:grüße?n?|gruß|regards|sincerely|best wishes|beste wünsche|hochachtungsvoll)[\s,!.]*(?:\n.*){0,4}$/i;
  return [
    ...(greets.test(written.text) ? [] : [greeting(frame)]),
    ...(intro ? [intro] : []),
    { kind: 'rich', html: written.html, text: written.text },
    ...(closes.test(written.text.slice(-400)) ? [] : regards(frame, written.author)),
  ];
}

function greeting({ recipient, language }: Frame): Block {
  return { kind: 'paragraph', text: greetingFor(recipient, language) };
}

function regards({ language, company }: Frame, author: string | null): Block[] {
  const lines = [m.mail_closing({}, { locale: language }), ...(author ? [author] : []), company];
  return [{ kind: 'paragraph', text: lines.join('\n') }];
}

function link({ url }: TicketFacts, { language }: Frame): Block {
  const locale = { locale: language };
  return { kind: 'button', label: m.mail_open({}, locale), url, fallback: m.mail_button_fallback({}, locale) };
}

function hints({ language }: Frame, first: string[]): Block[] {
  const locale = { locale: language };
  return [...first, m.mail_reply_hint({}, locale), m.mail_link_hint({}, locale)].map((text) => ({
    kind: 'note',
    text,
  }));
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
