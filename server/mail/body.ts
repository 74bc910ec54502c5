import { sanitiseMail } from './html.ts';
import { toText } from './html-text.ts';
import type { ParsedMail } from './parsed.ts';
import { halve, isReply, splitHtml, splitText } from './quote.ts';

/** What is shown and searched: own words in view, the rest behind "…". HTML here is sanitised and safe to store. */
export type MailBody = {
  text: string;
  quotedText: string;
  /** Null when the mail has no HTML, or none that can be shown (`unshowable`). */
  html: string | null;
  quotedHtml: string | null;
  /** The HTML was too wild to show; the text stands in, the raw mail keeps the rest. */
  unshowable: boolean;
};

/** Splits and sanitises; the whole mail stays in the raw bytes. */
export function readBody(mail: ParsedMail, separator?: string): MailBody {
  const cuts = isReply(mail);
  if (mail.html === null) {
    const { own, quoted } = halve(mail.text, cuts ? splitText(mail.text, separator) : null);
    return { text: own.trim(), quotedText: quoted.trim(), html: null, quotedHtml: null, unshowable: false };
  }
  const { own, quoted } = halve(mail.html, cuts ? splitHtml(mail.html, separator) : null);
  const html = sanitiseMail(own);
  const quotedHtml = quoted === '' ? null : sanitiseMail(quoted);
  if (quotedHtml === null && !isStub(mail.text)) {
    // No client left its mark: the text part may still tell where the quote begins.
    const text = halve(mail.text, cuts ? splitText(mail.text, separator) : null);
    return {
      text: text.own.trim(),
      quotedText: text.quoted.trim(),
      html,
      quotedHtml: null,
      unshowable: html === null,
    };
  }
  return { text: toText(own), quotedText: toText(quoted), html, quotedHtml, unshowable: html === null };
}

/** "Your program cannot show HTML": no text to search or to preview by. */
function isStub(text: string): boolean {
  return text.trim().length < 20 || (text.length < 400 && /html/i.test(text));
}
