/** The MIME skeleton of a raw mail, found without decoding anything: where each part's head and body lie. */

/** A thousand parts is already absurd; deeper or wider mail is cut here and says so in `truncated`. */
export const maxParts = 1000;
export const maxDepth = 40;
const maxHeadBytes = 1024 * 1024;

export type Part = {
  headStart: number;
  bodyStart: number;
  bodyEnd: number;
  depth: number;
  parent: number | null;
  /** Lower-case, without parameters; `text/plain` where nothing is said. */
  type: string;
  /** Unfolded head as latin1, so that every byte survives. */
  head: string;
};

export type Structure = { parts: Part[]; truncated: boolean };

type Open = { marker: string; part: number };

export function walkParts(raw: Buffer): Structure {
  const parts: Part[] = [];
  const open: Open[] = [];
  const root = readHead(raw, 0, { parent: null, depth: 0, defaultType: 'text/plain' });
  parts.push(root);
  if (boundaryOf(root)) open.push({ marker: `--${boundaryOf(root)}`, part: 0 });

  let at = root.bodyStart;
  let current = 0;
  while (at < raw.length && open.length > 0) {
    const newline = raw.indexOf(0x0a, at);
    const end = newline < 0 ? raw.length : newline;
    const next = newline < 0 ? raw.length : newline + 1;
    const hit = raw[at] === 0x2d && raw[at + 1] === 0x2d ? matchMarker(raw, at, { end, open }) : null;
    if (!hit) {
      at = next;
      continue;
    }
    const leaf = parts[current];
    if (leaf && leaf.bodyEnd === raw.length) leaf.bodyEnd = Math.max(leaf.bodyStart, beforeLineBreak(raw, at));
    for (const inner of open.splice(hit.index + 1)) closePart(parts, inner.part, at);
    const owner = open[hit.index];
    if (!owner) break;
    at = next;
    if (hit.closing) {
      open.splice(hit.index);
      closePart(parts, owner.part, at);
      current = -1;
      continue;
    }
    if (parts.length >= maxParts) {
      closePart(parts, owner.part, raw.length);
      return { parts, truncated: true };
    }
    const depth = (parts[owner.part]?.depth ?? 0) + 1;
    // RFC 2046, 5.1.5: in a digest what says nothing is a mail.
    const defaultType = parts[owner.part]?.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
    const part = readHead(raw, at, { parent: owner.part, depth, defaultType });
    parts.push(part);
    current = parts.length - 1;
    at = part.bodyStart;
    const boundary = boundaryOf(part);
    if (boundary && depth < maxDepth) open.push({ marker: `--${boundary}`, part: current });
  }
  return { parts, truncated: parts.some((part) => part.depth >= maxDepth) };
}

/** One header field of a part, unfolded, first occurrence; '' when absent. */
export function fieldOf(part: Part, name: string): string {
  const found = new RegExp(`^${name}[ \\t]*:(.*)$`, 'im').exec(part.head);
  return found?.[1]?.trim() ?? '';
}

/** A parameter such as `charset=` of Content-Type; RFC 2231 forms are left to mailparser. */
export function parameterOf(field: string, name: string): string {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s"]+))`, 'i').exec(field);
  return (found?.[1] ?? found?.[2] ?? '').trim();
}

function closePart(parts: Part[], index: number, end: number): void {
  const part = parts[index];
  if (part && part.bodyEnd > end) part.bodyEnd = end;
}

function matchMarker(raw: Buffer, at: number, { end, open }: { end: number; open: Open[] }) {
  if (end - at > 1000) return null;
  const line = raw.toString('latin1', at, end).trimEnd();
  for (let index = open.length - 1; index >= 0; index--) {
    const marker = open[index]?.marker;
    if (line === marker) return { index, closing: false };
    if (line === `${marker}--`) return { index, closing: true };
  }
  return null;
}

function beforeLineBreak(raw: Buffer, at: number): number {
  if (raw[at - 1] !== 0x0a) return at;
  return raw[at - 2] === 0x0d ? at - 2 : at - 1;
}

type Place = { parent: number | null; depth: number; defaultType: string };

function readHead(raw: Buffer, start: number, { parent, depth, defaultType }: Place): Part {
  let at = start;
  let bodyStart = raw.length;
  while (at < raw.length && at - start < maxHeadBytes) {
    const newline = raw.indexOf(0x0a, at);
    if (newline < 0) break;
    const empty = newline === at || (newline === at + 1 && raw[at] === 0x0d);
    at = newline + 1;
    if (empty) {
      bodyStart = at;
      break;
    }
  }
  const head = raw.toString('latin1', start, Math.min(bodyStart, start + maxHeadBytes)).replace(/\r?\n(?=[ \t])/g, '');
  const part: Part = { headStart: start, bodyStart, bodyEnd: raw.length, depth, parent, type: '', head };
  part.type = /^[^\s;]+/.exec(fieldOf(part, 'content-type'))?.[0].toLowerCase() ?? defaultType;
  return part;
}

export function boundaryOf(part: Part): string {
  if (!part.type.startsWith('multipart/')) return '';
  const field = fieldOf(part, 'content-type');
  return parameterOf(field, 'boundary') || continued(field);
}

/** RFC 2231 pieces, `boundary*0="ab"; boundary*1="cd"`, as a few gateways write them. */
function continued(field: string): string {
  return [0, 1, 2, 3].map((index) => parameterOf(field, `boundary\\*${index}\\*?`)).join('');
}
