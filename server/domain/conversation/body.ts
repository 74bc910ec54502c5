import type { Message } from '#lib/shared/conversation.ts';
import { sanitiseRichText } from '#server/html.ts';

type Stored = { html: string; text: string; isMail: boolean };

type Shown = Pick<Message, 'html' | 'original' | 'hasRemoteImages'>;

/** What a conversation carries of one message; the whole stands behind "show original". */
const mostChars = 40_000;
const quoteChars = 12_000;

/**
 * What stands in the conversation. Composer's words are safe as stored. A mail is read in the page's own type, calm and in
 * dark as in light, as long as it says nothing by layout; a newsletter keeps its frame.
 */
export function inlineOf({ html, text, isMail }: Stored): Shown {
  if (!isMail) return { html: html || paragraphs(text), original: 'none', hasRemoteImages: false };
  const hasRemoteImages = html.includes(' data-remote="');
  if (!html) return { html: paragraphs(text), original: 'none', hasRemoteImages };
  if (html.length > mostChars) return { html: paragraphs(text), original: 'aside', hasRemoteImages };
  if (hasLayout(html)) return { html: paragraphs(text), original: 'frame', hasRemoteImages };
  return {
    html: sanitiseRichText(html) || paragraphs(text),
    original: hasStyle(html) ? 'aside' : 'none',
    hasRemoteImages,
  };
}

/** What a reply quotes, in the page's own type; too much of it is left to the original. */
export function quotedOf(html: string): string {
  if (!html || html.length > quoteChars) return '';
  return sanitiseRichText(html);
}

/** Plain text as paragraphs. */
export function paragraphs(text: string): string {
  return text
    .slice(0, mostChars)
    .trim()
    .split(/\n\s*\n/)
    .filter(Boolean)
    .map((part) => `<p>${escape(part).replaceAll('\n', '<br>')}</p>`)
    .join('');
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function hasLayout(html: string): boolean {
  return /<(?:table|img|hr|center)\b|bgcolor=|background(?:-color)?:/i.test(html);
}

function hasStyle(html: string): boolean {
  return /\sstyle="|<(?:font|h[1-6])\b/i.test(html);
}
