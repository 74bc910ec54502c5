import { mailLimits } from './parsed.ts';

const maxHeadBytes = 256 * 1024;

/**
 * Reads the head of a mail and nothing else. Cannot fail, so that a mail no parser survives still
 * shows its sender and subject to the person who has to look at it.
 */
export function readHeaders(raw: Buffer): Map<string, string[]> {
  const head = raw.subarray(0, maxHeadBytes).toString('latin1').replace(/\r\n?/g, '\n');
  const end = head.startsWith('\n') ? 0 : head.indexOf('\n\n');
  const lines = (end < 0 ? head : head.slice(0, end)).replace(/\n(?=[ \t])/g, '').split('\n');
  const headers = new Map<string, string[]>();
  for (const line of lines.slice(0, mailLimits.headerLines)) {
    const colon = line.indexOf(':');
    if (colon < 1 || colon > 200) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = clean(decodeBytes(line.slice(colon + 1, colon + 1 + mailLimits.headerChars))).trim();
    const known = headers.get(name);
    if (known) known.push(value);
    else headers.set(name, [value]);
  }
  return headers;
}

/** All values of a field joined by a blank, '' when absent. */
export function headerText(headers: Map<string, string[]>, name: string): string {
  return headers.get(name)?.join(' ') ?? '';
}

/** The ids of a Message-ID, In-Reply-To or References field, without angle brackets, in order, each once; comments are passed over. */
export function messageIds(value: string): string[] {
  const bracketed = [...value.matchAll(/<([^<>\s]{1,995})>/g)].map((match) => match[1] ?? '');
  const ids =
    bracketed.length > 0 ? bracketed : value.split(/\s+/).filter((word) => /^[^\s()<>]+@[^\s()<>]+$/.test(word));
  return [...new Set(ids)];
}

/** RFC 2047 words in a value read by `readHeaders`; unknown charsets stay as they are. mailparser does this for whole mails. */
export function decodeWords(value: string): string {
  const joined = value.slice(0, mailLimits.headerChars).replace(/(\?=)\s+(?==\?)/g, '$1');
  return clean(joined.replace(/=\?[\w-]{1,40}(?:\*\w*)?\?[bq]\?[^?]*\?=/gi, decodeWord));
}

function decodeWord(word: string): string {
  const [, charset = '', kind = '', data = ''] = word.split('?');
  const bytes = /b/i.test(kind) ? Buffer.from(data, 'base64') : quotedBytes(data);
  return decodeCharset(bytes, charset.replace(/\*.*/, '')) ?? word;
}

function quotedBytes(data: string): Buffer {
  const text = data
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}

/** Null for a charset nobody knows. */
export function decodeCharset(bytes: Buffer, charset: string): string | null {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** PostgreSQL's text refuses NUL, and JSON refuses lone surrogates. */
export function clean(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function decodeBytes(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, 'latin1');
  const utf8 = bytes.toString('utf8');
  return utf8.includes('\ufffd') ? new TextDecoder('windows-1252').decode(bytes) : utf8;
}
