import { isMislabelled, labelWindows1252, mendEightBit, replaceField } from './repair-charset.ts';
import { boundaryOf, fieldOf, walkParts, type Part } from './structure.ts';

/**
 * Mends what mailparser 3.9 gets wrong, before it sees the mail: raw 8-bit headers, bodies whose
 * charset label is missing or a lie, named text parts it would hide in the body, embedded mails it
 * would dissolve, flowed text it unfolds in quadratic time (600 kB took 14 s). Bytes of bodies stay.
 */
export type Repaired = {
  raw: Buffer;
  truncated: boolean;
  /** Text parts stand beside HTML ones outside multipart/alternative: neither alone is the whole text. */
  mixed: boolean;
};

const maxFlowedBytes = 64 * 1024;

export function repairMail(original: Buffer): Repaired {
  const raw = withLineFeeds(original);
  const { parts, truncated } = walkParts(raw);
  const pieces: Buffer[] = [];
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const head = raw.subarray(part.headStart, part.bodyStart);
    const mended = mendHead(head, { raw, part, index, parts });
    if (mended === head) continue;
    pieces.push(raw.subarray(at, part.headStart), mended);
    at = part.bodyStart;
  }
  const last = parts.at(-1);
  const end = truncated && last ? last.bodyStart : raw.length;
  pieces.push(raw.subarray(at, Math.max(at, end)));
  return { raw: Buffer.concat(pieces), truncated, mixed: isMixed(parts) };
}

/** Mails stored by classic Mac programs end their lines with a bare CR. */
function withLineFeeds(raw: Buffer): Buffer {
  const sample = raw.subarray(0, 4096);
  if (sample.includes(0x0a) || !sample.includes(0x0d)) return raw;
  return Buffer.from(raw.map((byte) => (byte === 0x0d ? 0x0a : byte)));
}

function mendHead(head: Buffer, place: { raw: Buffer; part: Part; index: number; parts: Part[] }): Buffer {
  const { raw, part } = place;
  let text = mendEightBit(head, part);
  if (hasHiddenName(place)) text = attached(text);
  if (part.type === 'message/rfc822' && part.parent !== null) text = attachEmbedded(text);
  // A multipart without its boundary would vanish whole: show what stands there.
  if (part.type.startsWith('multipart/') && !boundaryOf(part))
    text = replaceField(text, 'content-type', () => 'Content-Type: text/plain');
  const body = raw.subarray(part.bodyStart, part.bodyEnd);
  if (part.type.startsWith('text/')) {
    if (body.length > maxFlowedBytes)
      text = replaceField(text, 'content-type', (value) => value.replace(/format\s*=\s*"?flowed"?/i, 'format=fixed'));
    if (isMislabelled(part, body)) text = labelWindows1252(text);
  }
  return text === head.toString('latin1') ? head : Buffer.from(text, 'latin1');
}

/** A text part with a file name that mailparser would show and not list. HTML is one only behind other text: some programs name the letter itself. */
function hasHiddenName({ part, index, parts }: { part: Part; index: number; parts: Part[] }): boolean {
  if (!part.type.startsWith('text/') || isAlternative(part, parts)) return false;
  const disposition = fieldOf(part, 'content-disposition');
  const isBehind = parts.slice(0, index).some((other) => other.type.startsWith('text/'));
  if (/^inline/i.test(disposition) && /filename/i.test(disposition)) return isBehind || part.type !== 'text/html';
  return disposition === '' && isBehind && /;\s*name\*?/i.test(fieldOf(part, 'content-type'));
}

function attached(text: string): string {
  if (!/^content-disposition[ \t]*:/im.test(text)) return `Content-Disposition: attachment\r\n${text}`;
  return replaceField(text, 'content-disposition', (value) => value.replace(/inline/i, 'attachment'));
}

function attachEmbedded(text: string): string {
  const typed = /^content-type[ \t]*:/im.test(text) ? text : `Content-Type: message/rfc822\r\n${text}`;
  return attached(typed);
}

/** True when a text part outside multipart/alternative stands beside an HTML part. */
function isMixed(parts: Part[]): boolean {
  const shown = parts.filter(
    (part) => /^text\/(plain|html)$/.test(part.type) && !/^attachment/i.test(fieldOf(part, 'content-disposition')),
  );
  if (!shown.some((part) => part.type === 'text/html')) return false;
  return shown.some((part) => part.type === 'text/plain' && !isAlternative(part, parts));
}

function isAlternative(part: Part, parts: Part[]): boolean {
  for (let up = part.parent; up !== null; up = parts[up]?.parent ?? null) {
    if (parts[up]?.type === 'multipart/alternative') return true;
  }
  return false;
}
