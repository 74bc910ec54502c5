import { isUtf8 } from 'node:buffer';
import { fieldOf, parameterOf, type Part } from './structure.ts';

/** Raw bytes become UTF-8 (which mailparser reads); inside encoded words they are escaped in the word's own charset. */
export function mendEightBit(head: Buffer, part: Part): string {
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

/** Says us-ascii, utf-8 or nothing, and the bytes are no such thing. */
export function isMislabelled(part: Part, body: Buffer): boolean {
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

export function labelWindows1252(text: string): string {
  if (!/^content-type[ \t]*:/im.test(text))
    return text.replace(/^(From .*\r?\n)?/, '$1Content-Type: text/plain; charset=windows-1252\r\n');
  return replaceField(text, 'content-type', (value) => {
    const bare = value.replace(/;\s*charset\s*=\s*("[^"]*"|[^;\s]*)/i, '');
    return bare.replace(/^(content-type[ \t]*:\s*[^;\s]+)/i, '$1; charset=windows-1252');
  });
}

export function replaceField(text: string, name: string, change: (value: string) => string): string {
  return text.replace(new RegExp(`^${name}[ \\t]*:.*(?:\\r?\\n[ \\t].*)*`, 'im'), change);
}
