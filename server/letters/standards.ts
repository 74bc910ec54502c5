import type { Language } from '#lib/i18n/languages.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Occasion } from '#lib/shared/templates.ts';

/** The template of an occasion until a workspace writes its own, in the words of the messages `mail_*`. */
export function standardOf(occasion: Occasion, language: Language): string {
  const locale = { locale: language };
  const number = '{number}';
  const subject = '{subject}';
  const regards = `${m.mail_closing({}, locale)}\n{agent}\n{company}`;
  const hints = [m.mail_reply_hint({}, locale), m.mail_link_hint({}, locale)];
  const course = `# ${m.mail_closing_history({}, locale)}`;
  switch (occasion) {
    case 'confirmation':
      return letter(
        ['{salutation}', m.mail_confirmation_intro({ number }, locale), '{link}', regards],
        [m.mail_confirmation_automatic({}, locale), ...hints],
      );
    case 'message':
      return letter(['{greeting}', '{text}', regards, '{files}', '{link}'], hints);
    case 'question':
      return letter(
        ['{salutation}', m.mail_question_intro({ number }, locale), '{text}', regards, '{files}', '{link}'],
        hints,
      );
    case 'interim':
      return letter(
        [
          '{salutation}',
          m.mail_interim_intro({ number }, locale),
          '{text}',
          regards,
          '{files}',
          '{link}',
          course,
          '{history}',
        ],
        hints,
      );
    case 'closing':
      return letter(
        ['{salutation}', m.mail_closing_intro({ number }, locale), '{text}', regards, '{link}', course, '{history}'],
        [m.mail_closing_reopen({}, locale), m.mail_link_hint({}, locale)],
      );
    case 'statement':
      return letter(
        [
          '{salutation}',
          m.mail_statement_intro({ number, subject }, locale),
          '{text}',
          regards,
          '{files}',
          course,
          '{history}',
        ],
        [m.mail_statement_hint({}, locale)],
      );
    case 'forward':
      return letter(
        [
          '{salutation}',
          m.mail_forward_intro({ number, subject }, locale),
          '{text}',
          regards,
          '{files}',
          course,
          '{history}',
        ],
        [m.mail_forward_hint({}, locale)],
      );
  }
}

function letter(paragraphs: string[], foot: string[]): string {
  return `${paragraphs.join('\n\n')}\n---\n${foot.join('\n')}`;
}
