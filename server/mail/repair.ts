import { isUtf8 } from 'node:buffer';
import { boundaryOf, fieldOf, parameterOf, walkParts, type Part } from './structure.ts';

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
  if (hasHiddenName(place))
    text = replaceField(text, 'content-disposition', (value) => value.replace(/inline/i, 'attachment'));
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

/** Raw bytes become UTF-8 (which mailparser reads); inside encoded words they are escaped in the word's own charset. */
function mendEightBit(head: Buffer, part: Part): string {
  const text = head.toString('latin1');
  if (!/[\x80-\xff]/.test(text)) return text;
  const escaped = text.replace(/=\?[^?\s]{1,60}\?q\?[^?]{0,2000}\?=/gi, (word) =>
    word.replace(/[\x80-\xff]/g, (byte) => `=${byte.charCodeAt(0).toString(16).toUpperCase()}`),
  );
  const bytes = Buffer.from(escaped, 'latin1');
  if (isUtf8(bytes)) return escaped;
  const label = parameterOf(fieldOf(part, 'content-type'), 'charset').toLowerCase();
  return Buffer.from(decodeAs(bytes, label), 'utf8').toString('latin1');
}

function decodeAs(bytes: Buffer, label: string): string {
  const usable = /^(koi8-[ru]|windows-125\d|iso-8859-\d+|shift_jis|euc-[jk][pr]|gb\w+|big5)$/.test(label);
  return new TextDecoder(usable ? label : 'windows-1252').decode(bytes);
}

/** `Content-Disposition: inline; filename=` on a text part: a file, unless it is all the mail says. */
function hasHiddenName({ part, index, parts }: { part: Part; index: number; parts: Part[] }): boolean {
  if (!part.type.startsWith('text/') || parts.length === 1) return false;
  const disposition = fieldOf(part, 'content-disposition');
  if (!/^inline/i.test(disposition) || !/filename/i.test(disposition)) return false;
  return parts.slice(0, index).some((other) => other.type.startsWith('text/'));
}

function attachEmbedded(text: string): string {
  if (/^content-disposition[ \t]*:/im.test(text))
    return replaceField(text, 'content-disposition', (value) => value.replace(/inline/i, 'attachment'));
  const typed = /^content-type[ \t]*:/im.test(text) ? text : `Content-Type: message/rfc822\r\n${text}`;
  return `Content-Disposition: attachment\r\n${typed}`;
}

function replaceField(text: string, name: string, change: (value: string) => string): string {
  return text.replace(new RegExp(`^${name}[ \\t]*:.*(?:\\r?\\n[ \\t].*)*`, 'im'), change);
}

/** Says us-ascii, utf-8 or nothing, and the bytes are no such thing. */
function isMislabelled(part: Part, body: Buffer): boolean {
  const label = parameterOf(fieldOf(part, 'content-type'), 'charset').toLowerCase();
  if (label && !/^(us-ascii|ascii|ansi_x3\.4-1968|utf-?8)$/.test(label)) return false;
  const bytes = transferDecoded(body, fieldOf(part, 'content-transfer-encoding').toLowerCase());
  if (isUtf8(bytes)) return false;
  // A single valid sequence means real UTF-8 with some damage: better one "�" than mojibake throughout.
  return !label.startsWith('utf') || !/[\xc3-\xf4][\x80-\xbf]/.test(bytes.toString('latin1'));
}

function transferDecoded(body: Buffer, encoding: string): Buffer {
  if (encoding.startsWith('base64')) return Buffer.from(body.toString('latin1'), 'base64');
  if (!encoding.startsWith('quoted-printable')) return body;
  return Buffer.from(
    body
      .toString('latin1')
      .replace(/=([0-9a-f]{2})|=\r?\n/gi, (_, hex?: string) => (hex ? String.fromCharCode(parseInt(hex, 16)) : '')),
    'latin1',
  );
}

function labelWindows1252(text: string): string {
  if (!/^content-type[ \t]*:/im.test(text))
    return text.replace(/^(From .*\r?\n)?/, '$1Content-Type: text/plain; charset=windows-1252\r\n');
  return replaceField(text, 'content-type', (value) => {
    const bare = value.replace(/;\s*charset\s*=\s*("[^"]*"|[^;\s]*)/i, '');
    return bare.replace(/^(content-type[ \t]*:\s*[^;\s]+)/i, '$1; charset=windows-1252');
  });
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
