import { compile } from 'html-to-text';
import { isTooDeep } from '#server/html-depth.ts';

const maxChars = 2 * 1024 * 1024;

/** Made once: reading the options takes as long as converting a short mail. */
const convert = compile({
  wordwrap: false,
  // Mails go on after </body>: gateways append, and several HTML parts are joined.
  baseElements: { selectors: [], returnDomByDefault: true },
  preserveNewlines: false,
  limits: { maxInputLength: maxChars, maxDepth: 120, maxChildNodes: 20_000, ellipsis: '…' },
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, ignoreHref: false } },
    { selector: 'img', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'blockquote', options: { leadingLineBreaks: 2, trailingLineBreaks: 2 } },
    ...['style', 'script', 'head', 'title', 'template', 'noscript'].map((selector) => ({ selector, format: 'skip' })),
  ],
});

/** HTML as plain text, bounded. Hostile nesting gets a plainer answer instead of the parser's quadratic one. */
export function toText(html: string): string {
  const bounded = html.slice(0, maxChars);
  return isTooDeep(bounded) ? withoutTags(bounded) : convert(bounded).trim();
}

/** Linear and blunt: blocks become lines, tags vanish, the five entities are read. */
function withoutTags(html: string): string {
  return html
    .replace(/<(style|script|title)\b[^<]*/gi, '')
    .replace(/<\/?(?:p|div|br|tr|li|h[1-6])\b[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(lt|gt|quot|nbsp|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', nbsp: ' ' })[name] ?? '&')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}

/** Plain text as paragraphs and line breaks, for a body that came without HTML. */
export function htmlOfText(text: string): string {
  const escaped = text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return escaped
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim())
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>')}</p>`)
    .join('');
}
