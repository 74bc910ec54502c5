import { m } from '#lib/i18n/paraglide/messages.js';
import type { Block } from './blocks.ts';
import type { Draft, Frame, MailContent } from './render.ts';
import { greetingFor } from './salutation.ts';

type Of<Kind extends MailContent['kind']> = Extract<MailContent, { kind: Kind }>;

export function invitation({ inviter, url, until }: Of<'invitation'>, frame: Frame): Draft {
  const locale = { locale: frame.language };
  const workspace = frame.company;
  const intro = inviter
    ? m.mail_invitation_intro({ inviter, workspace }, locale)
    : m.mail_invitation_intro_nobody({ workspace }, locale);
  const date = new Intl.DateTimeFormat(frame.language === 'de' ? 'de-DE' : 'en-GB', { dateStyle: 'long' }).format(
    until,
  );
  return {
    subject: m.mail_invitation_subject({ workspace }, locale),
    preview: intro,
    blocks: access(
      {
        intro,
        url,
        label: m.mail_invitation_button({}, locale),
        ignore: m.mail_invitation_ignore({ until: date }, locale),
      },
      frame,
    ),
  };
}

export function magicLink({ url }: Of<'magicLink'>, frame: Frame): Draft {
  const locale = { locale: frame.language };
  const intro = m.mail_link_intro({ company: frame.company }, locale);
  return {
    subject: m.mail_link_subject({}, locale),
    preview: intro,
    blocks: access(
      { intro, url, label: m.mail_link_button({}, locale), ignore: m.mail_link_ignore({}, locale) },
      frame,
    ),
  };
}

export function passwordReset({ url }: Of<'passwordReset'>, frame: Frame): Draft {
  const locale = { locale: frame.language };
  const intro = m.mail_reset_intro({ company: frame.company }, locale);
  return {
    subject: m.mail_reset_subject({}, locale),
    preview: intro,
    blocks: access(
      { intro, url, label: m.mail_reset_button({}, locale), ignore: m.mail_reset_ignore({}, locale) },
      frame,
    ),
  };
}

type Access = { intro: string; url: string; label: string; ignore: string };

function access({ intro, url, label, ignore }: Access, { recipient, language }: Frame): Block[] {
  return [
    { kind: 'paragraph', text: greetingFor(recipient, language) },
    { kind: 'paragraph', text: intro },
    { kind: 'button', label, url, fallback: m.mail_button_fallback({}, { locale: language }) },
    { kind: 'note', text: ignore },
  ];
}
