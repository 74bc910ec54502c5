import { m } from '#lib/i18n/paraglide/messages.js';
import { copyLength } from '#lib/shared/limits.ts';
import type { Act } from '#server/domain/act.ts';
import { receive as post } from '#server/domain/messages/receive.ts';
import type { Sorted } from './decision.ts';
import type { Incoming } from './file-mail.ts';
import { htmlOfText } from './html-text.ts';

/** What a comment made of a mail says at its head. */
export function noteOf({ mail, account }: Incoming, via: string): string {
  const address = mail.from?.address ?? '';
  const options = { locale: account.language };
  return via === 'filter' ? m.inbox_note_filter({ address }, options) : m.mail_from_member({ address }, options);
}

/** The mail's words as a comment on further tickets; its files stay with the mail itself and are named. */
export async function copyTo(tx: Act, incoming: Incoming, sorting: Sorted | undefined): Promise<void> {
  const { mail, body } = incoming;
  const files = mail.attachments.map(({ name }) => name).join(', ');
  const text = [noteOf(incoming, 'filter'), mail.subject, body.text.slice(0, copyLength), files]
    .filter(Boolean)
    .join('\n\n');
  for (const ticket of new Set(sorting?.copies)) {
    await post(tx, {
      ticket,
      contact: null,
      html: htmlOfText(text),
      text: text.toWellFormed(),
      quotedHtml: '',
      isAutomatic: false,
      isVerified: false,
      isFirst: false,
      files: [],
    });
  }
}
