import { hmac } from '#server/hmac.ts';
import { base32 } from './base32.ts';

/**
 * The line above which a customer answers. Every ticket mail carries it three ways, since programs
 * rewrite mails differently: a class, a data attribute and a text token. Keyed, so that a foreign
 * help desk's or an older installation's mark inside a forwarded mail is not taken for ours.
 */
const tokenPattern = /lotse:([a-z2-7]{16})/;

/** 16 letters that stand in every mail of this installation. */
export function separatorToken(key: Buffer): string {
  return base32(hmac(key, 'answer-above')).slice(0, 16);
}

export function isSeparatorText(text: string, token?: string): boolean {
  const found = tokenPattern.exec(text)?.[1];
  return found !== undefined && (token === undefined || found === token);
}
