import { isTag, isText } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { isTooDeep } from '#server/html-depth.ts';
import type { Fold } from './quote.ts';
import { isAttribution } from './quote-headers.ts';
import { markerOf, visibleText, type HtmlNode, type Marker } from './quote-markers.ts';

const maxChars = 1024 * 1024;
/** Looking at each element's following text costs 600 characters; a mail with more elements is no reply somebody typed. */
const maxNodes = 20_000;

/** `start` is above `index` where a signature goes with the quote. */
type Found = { start: number; index: number; marker: Marker };

/**
 * Finds the quoted run of an HTML reply by the marks mail programs leave, the first in the document
 * winning. Offsets are into `html`; cut at them the halves are unbalanced, which sanitising mends.
 */
export function splitHtml(html: string, separator?: string): Fold | null {
  if (html.length > maxChars || isTooDeep(html)) return null;
  const nodes = flatten(parseDocument(html, { withStartIndices: true, withEndIndices: true }).children);
  if (nodes.length > maxNodes) return null;
  const found = firstMarker(nodes, separator);
  if (!found || found.marker.kind === 'forward') return null;
  const start = introductionOf(nodes, found.start);
  const from = nodes[start]?.startIndex ?? 0;
  const ownBefore = textOf(nodes.slice(0, start)) !== '';
  const end = found.marker.kind === 'container' ? endOfQuote(nodes, found.index) : html.length;
  const after = nodes.filter((node) => (node.startIndex ?? 0) >= end);
  const ownAfter = textOf(after);
  if (ownAfter === '' || (ownBefore && isSignatureText(after, ownAfter)))
    return ownBefore ? { from, to: html.length, by: found.marker.by } : null;
  if (ownBefore || after.some((node) => markerOf(node, separator)?.kind === 'container')) return null;
  return { from, to: end, by: 'bottom-post' };
}

function firstMarker(nodes: HtmlNode[], separator?: string): Found | null {
  let signature: number | null = null;
  for (const [index, node] of nodes.entries()) {
    const marker = markerOf(node, separator) ?? attributionMarker(nodes, index);
    if (!marker) continue;
    if (marker.kind !== 'signature') {
      const start = signature !== null && isSilentBetween(nodes, signature, index) ? signature : index;
      return { start, index, marker };
    }
    signature ??= index;
  }
  return signature === null
    ? null
    : { start: signature, index: signature, marker: { kind: 'container', by: 'signature' } };
}

/** A signature right above the quote goes with it; one with words below does not. */
function isSilentBetween(nodes: HtmlNode[], from: number, to: number): boolean {
  const end = nodes[from]?.endIndex ?? 0;
  return textOf(nodes.slice(from, to).filter((node) => (node.startIndex ?? 0) > end)) === '';
}

/** "Am … schrieb …:" as a line of its own with a blockquote after it. */
function attributionMarker(nodes: HtmlNode[], index: number): Marker | null {
  const node = nodes[index];
  if (!node || !isTag(node) || node.name !== 'blockquote') return null;
  return introductionOf(nodes, index) < index ? { kind: 'container', by: 'attribution' } : null;
}

/** Moves up over an attribution, rules and empty lines directly above. */
function introductionOf(nodes: HtmlNode[], index: number): number {
  let text = '';
  let best = index;
  for (let at = index - 1; at >= 0 && index - at < 40 && text.length < 400; at--) {
    const node = nodes[at];
    if (!node) break;
    if (isText(node)) text = `${node.data} ${text}`;
    else if (isTag(node) && node.name === 'hr' && text.trim() === '') best = at;
    if (isText(node) && isAttribution(text)) return at;
  }
  return best;
}

/** A cite prefix quotes the block beside it: the run ends where the last of neighbouring containers does. */
function endOfQuote(nodes: HtmlNode[], index: number): number {
  let end = (nodes[index]?.endIndex ?? 0) + 1;
  for (const node of nodes.slice(index)) {
    const start = node.startIndex ?? 0;
    if (start < end) continue;
    if (isText(node) && node.data.trim() !== '') break;
    if (isTag(node) && node.name === 'blockquote') end = (node.endIndex ?? 0) + 1;
  }
  return end;
}

function isSignatureText(after: HtmlNode[], text: string): boolean {
  return text.startsWith('--') || after.some((node) => markerOf(node)?.kind === 'signature');
}

function textOf(nodes: HtmlNode[]): string {
  const texts = nodes.filter((node) => isText(node) && !isSilent(node));
  return texts
    .map((node) => visibleText(node, 2000))
    .join('')
    .replace(/[\s\u00a0\u200b\ufeff]+/g, ' ')
    .trim();
}

function isSilent(node: HtmlNode): boolean {
  const parent = node.parent;
  return parent !== null && isTag(parent) && /^(?:style|script|title|head)$/.test(parent.name);
}

function flatten(roots: HtmlNode[]): HtmlNode[] {
  const nodes: HtmlNode[] = [];
  const stack = [...roots].reverse();
  for (let node = stack.pop(); node; node = stack.pop()) {
    nodes.push(node);
    if (nodes.length > maxNodes) break;
    if (isTag(node)) stack.push(...[...node.children].reverse());
  }
  return nodes;
}
