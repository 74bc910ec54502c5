import { m } from '#lib/i18n/paraglide/messages.js';
import type { Meta } from '#server/domain/mails.ts';
import { isCut } from './cut.ts';
import type { Incoming } from './file-mail.ts';
import { htmlOfText } from './html-text.ts';
import { outlookThreadOf } from './outlook-thread.ts';
import { senderProof } from './sender-proof.ts';
import { doubts } from './spam.ts';
import { verdictWords } from './verdict-words.ts';

/** What a message's row takes. Whoever writes more than a book finds the rest in the original. */
const bodyChars = { own: 1_000_000, quoted: 2_000_000, instead: 100_000 };

/** A statement that is kept from customers says at its head whose it is. */
export function keptNote({ mail, account }: Incoming, isKept: boolean): string {
  const { address = '', name = '' } = mail.from ?? {};
  const who = name ? `${name} <${address}>` : address;
  return isKept ? m.mail_from_consulted({ who }, { locale: account.language }) : '';
}

/** A mail's words with a note at their head: whose they are, or claim to be, and what is missing of them. */
export function bodyOf({ body, mail, queued, account }: Incoming, about: string) {
  const size = Math.ceil(queued.size / 1024 ** 2);
  const partial = queued.isPartial ? m.mailbox_partial({ size }, { locale: account.language }) : '';
  const cut = isCut(mail) ? m.mailbox_cut({}, { locale: account.language }) : '';
  const note = [about, partial, cut].filter(Boolean).join('\n\n');
  const html = `${htmlOfText(note)}${body.html ?? htmlOfText(body.text)}`;
  const quotedHtml = body.quotedHtml ?? htmlOfText(body.quotedText);
  return {
    html: html.length <= bodyChars.own ? html : htmlOfText(`${note}\n\n${body.text.slice(0, bodyChars.instead)} …`),
    text: `${note}\n\n${body.text}`.trim().slice(0, bodyChars.own).toWellFormed(),
    quotedHtml: quotedHtml.length <= bodyChars.quoted ? quotedHtml : '',
  };
}

/** What the ledger keeps of a mail beside its bytes, as much as its columns take. */
export function metaOf({ mail, account, verdicts, spent }: Incoming): Meta {
  const proof = senderProof(mail, account.authservId);
  return {
    messageId: mail.messageId?.slice(0, 998) ?? '',
    fromAddress: mail.from?.address.slice(0, 320) ?? '',
    fromName: mail.from?.name.slice(0, 320) ?? '',
    subject: mail.subject.slice(0, 998),
    verdicts: [...doubts(mail, proof), ...verdictWords(verdicts)],
    sentAt: mail.date?.toISOString() ?? null,
    ...outlookThreadOf(mail),
    spent,
  };
}
