import { convert } from 'html-to-text';
import sanitizeHtml from 'sanitize-html';
import { isTooDeep } from './html-depth.ts';

/** What the composer can write, and nothing else; longer texts belong into a file. */
export const maxRichTextChars = 200_000;

/**
 * HTML of the composer made safe and small: known tags, links to http, https, mailto and tel. Text of
 * unknown tags stays, that of scripts and styles goes. Input beyond `maxRichTextChars` or of hostile depth gives ''.
 */
export function sanitiseRichText(html: string): string {
  if (html.length > maxRichTextChars || isTooDeep(html)) return '';
  return sanitizeHtml(html.replaceAll('\0', '').toWellFormed(), {
    allowedTags: ['p', 'br', 'strong', 'em', 'u', 's', 'a', 'ul', 'ol', 'li', 'blockquote', 'code', 'pre'],
    allowedAttributes: { a: ['href', 'rel', 'target'], ol: ['start'] },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowProtocolRelative: false,
    nestingLimit: 30,
    transformTags: {
      b: 'strong',
      i: 'em',
      div: 'p',
      a: (tagName, { href }) => ({
        tagName,
        attribs: { ...(href ? { href } : {}), rel: 'noopener noreferrer nofollow', target: '_blank' },
      }),
    },
  }).trim();
}

/** The same text for mails, search and notices: lists keep their marks, links their address. */
export function richTextToPlain(html: string): string {
  if (html.length > maxRichTextChars || isTooDeep(html)) return '';
  return convert(html, {
    wordwrap: false,
    limits: { maxInputLength: maxRichTextChars, maxDepth: 60 },
    selectors: [
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
      { selector: 'ul', options: { itemPrefix: '- ' } },
      { selector: 'p', options: { leadingLineBreaks: 2, trailingLineBreaks: 2 } },
    ],
  }).trim();
}
