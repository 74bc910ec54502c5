import { isTag, isText, type ChildNode, type Element } from 'domhandler';
import { isHeaderBlock } from './quote-headers.ts';
import { separatorAttribute, separatorClass } from '#server/letters/above.ts';
import { isSeparatorText } from './separator.ts';

export type HtmlNode = ChildNode;

/** `rest`: everything from here on is quoted. `container`: only what it wraps. `signature`: the writer's own block of address lines. */
export type Marker = { kind: 'rest' | 'container' | 'signature' | 'forward'; by: string };

/** Client by client, from Discourse's, FreeScout's and talon's lists and from looking at mails. */
const classes: [RegExp, Marker][] = [
  [/(?:^|\s)gmail_quote(?:_container)?(?:\s|$)/, { kind: 'container', by: 'gmail' }],
  [/(?:^|\s)gmail_extra(?:\s|$)/, { kind: 'container', by: 'gmail' }],
  [/(?:^|\s)gmail_signature(?:\s|$)/, { kind: 'signature', by: 'gmail' }],
  [/(?:^|\s)moz-cite-prefix(?:\s|$)/, { kind: 'container', by: 'thunderbird' }],
  [/(?:^|\s)moz-signature(?:\s|$)/, { kind: 'signature', by: 'thunderbird' }],
  [/(?:^|\s)moz-forward-container(?:\s|$)/, { kind: 'forward', by: 'thunderbird' }],
  [/(?:^|\s)(?:yahoo_quoted|ydp\w*yahoo_quoted)(?:\s|$)/, { kind: 'container', by: 'yahoo' }],
  [/(?:^|\s)protonmail_quote(?:\s|$)/, { kind: 'container', by: 'proton' }],
  [/(?:^|\s)protonmail_signature_block(?:\s|$)/, { kind: 'signature', by: 'proton' }],
  [
    /(?:^|\s)(?:tutanota_quote|zmail_extra|front-blockquote|zoho_quote|qt)(?:\s|$)/,
    { kind: 'container', by: 'client' },
  ],
];
const ids: [RegExp, Marker][] = [
  [/^(?:x_)*divRplyFwdMsg$/, { kind: 'rest', by: 'outlook' }],
  [
    /^(?:x_)*(?:appendonsend|replySplit|mail-editor-reference-message-container|OLK_SRC_BODY_SECTION|zwchr|isForwardContent|ms-outlook-mobile-reference-message)$/,
    { kind: 'rest', by: 'outlook' },
  ],
  [
    /^(?:x_)*(?:Signature|ms-outlook-mobile-signature|AppleMailSignature|ymail_android_signature)$/,
    { kind: 'signature', by: 'outlook' },
  ],
  [/^yahoo_quoted_/, { kind: 'container', by: 'yahoo' }],
];
/** Outlook for Windows: the line above From/Sent, in inches or centimetres. */
const outlookLine = /border-top:\s*solid\s+#[0-9a-f]{6}\s+1\.0pt;\s*padding:\s*3\.0pt\s+0(?:in|cm)/i;

export function markerOf(node: HtmlNode, separator?: string): Marker | null {
  if (isText(node)) return isSeparatorText(node.data, separator) ? { kind: 'rest', by: 'separator' } : null;
  if (!isTag(node)) return null;
  return separatorOf(node.attribs, separator) ?? listed(node.attribs) ?? structural(node);
}

function separatorOf(attribs: Record<string, string>, separator?: string): Marker | null {
  const token = attribs[separatorAttribute];
  const isOurs = token !== undefined && (separator === undefined || token === separator);
  const byClass = separator === undefined && (attribs['class'] ?? '').includes(separatorClass);
  return isOurs || byClass ? { kind: 'rest', by: 'separator' } : null;
}

function listed(attribs: Record<string, string>): Marker | null {
  const byClass = classes.find(([pattern]) => pattern.test(attribs['class'] ?? ''));
  const byId = ids.find(([pattern]) => pattern.test(attribs['id'] ?? ''));
  if (byClass ?? byId) return (byClass ?? byId)?.[1] ?? null;
  if (/^(?:messageReplySection|quote)$/.test(attribs['name'] ?? '')) return { kind: 'container', by: 'client' };
  if (/^__(?:HEADERS|QUOTED_TEXT|DIVIDER)__$/.test(attribs['data-marker'] ?? '')) return { kind: 'rest', by: 'zimbra' };
  if (outlookLine.test(attribs['style'] ?? '')) return { kind: 'rest', by: 'outlook' };
  return null;
}

function structural(node: Element): Marker | null {
  if (node.name === 'blockquote') {
    if (node.attribs['type'] === 'cite' || node.attribs['cite'] !== undefined) return { kind: 'container', by: 'cite' };
    return null;
  }
  if (node.name === 'b' || node.name === 'strong' || node.name === 'p' || node.name === 'div' || node.name === 'hr') {
    return startsHeaderBlock(node) ? { kind: 'rest', by: 'headers' } : null;
  }
  return null;
}

const mayBeHeader = /^\s*(?:-{2,}|[\p{L} ]{2,14}\s?:)/u;

/** From/Sent/To/Subject as paragraphs, with `<b>` around the words: Outlook 2003 and 2010, AOL, Zimbra. */
function startsHeaderBlock(node: Element): boolean {
  // Nearly every paragraph is ruled out by its first word; reading on from each made a page of them cost 6 ms.
  if (node.name !== 'hr' && !mayBeHeader.test(visibleText(node, 60))) return false;
  const lines = followingLines(node);
  const first = (lines[0] ?? '').trim();
  if (/^-{2,}\s?original/i.test(first) || /^-{2,}\s?ursprüngliche/i.test(first)) return true;
  return isHeaderBlock(lines);
}

/** The text of this node and what follows beside it, as a reader sees its lines; the first 600 characters are enough. */
function followingLines(node: HtmlNode): string[] {
  let text = '';
  for (let at: HtmlNode | null = node; at && text.length < 600; at = at.next) {
    text += visibleText(at, 600 - text.length);
  }
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

export function visibleText(node: HtmlNode, limit: number): string {
  if (isText(node)) return node.data.replace(/\s+/g, ' ').slice(0, limit);
  if (!isTag(node) || /^(?:style|script|head|title)$/.test(node.name)) return '';
  if (node.name === 'br') return '\n';
  let text = '';
  for (const child of node.children) {
    if (text.length >= limit) break;
    text += visibleText(child, limit - text.length);
  }
  return /^(?:p|div|tr|li|blockquote|table|hr|h\d)$/.test(node.name) ? `\n${text}\n` : text;
}
