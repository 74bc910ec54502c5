import { m } from '#lib/i18n/paraglide/messages.js';
import type { Draft, Frame } from './render.ts';

export type NoticeMail = {
  kind: 'notice';
  number: number;
  subject: string;
  pool: string;
  customer: string;
  /** The ticket at the desk, for those who sign in there. */
  url: string;
};

/** To a pool's address. Its subject carries no `[#…]`: an answer to it is no answer to the customer. */
export function noticeDraft({ number, subject, pool, customer, url }: NoticeMail, { language }: Frame): Draft {
  const locale = { locale: language };
  const intro = m.mail_notice_intro({ number: `#${number}`, pool }, locale);
  return {
    subject: m.mail_notice_subject({ number: `#${number}`, subject }, locale),
    preview: intro,
    blocks: [
      { kind: 'paragraph', text: intro },
      { kind: 'paragraph', text: [subject, customer].filter(Boolean).join('\n') },
      { kind: 'button', label: m.mail_notice_open({}, locale), url, fallback: m.mail_button_fallback({}, locale) },
      { kind: 'note', text: m.mail_notice_why({ pool }, locale) },
    ],
  };
}
