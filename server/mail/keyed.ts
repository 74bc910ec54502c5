import { timingSafeEqual } from 'node:crypto';
import { hmac } from '#server/hmac.ts';
import { base32, fromBase32 } from './base32.ts';

const macBytes = 16;

/** 26 letters that nobody makes without the key. */
export function sign(key: Buffer, text: string): string {
  return base32(hmac(key, text).subarray(0, macBytes));
}

/** In the same time wherever they differ, so that nobody guesses letter by letter. */
export function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Its 16 bytes. @throws TypeError for anything else */
export function uuidBytes(uuid: string): Buffer {
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  if (bytes.length !== 16) throw new TypeError('a uuid is needed');
  return bytes;
}

/** Of its bytes in base32; null where that is none. */
export function uuidOf(text: string): string | null {
  const hex = fromBase32(text)?.subarray(0, 16).toString('hex') ?? '';
  return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : null;
}
