import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#lib/shared/errors.ts';
import { config } from './config.ts';

/*
 * Passwords and tokens of other systems, which we must be able to say again, as they lie in the database: AES-256-GCM under a key
 * that is not in it, so that neither a backup nor a look at a row gives them away. The key is SECRETS_KEY, or a file of the
 * state folder that is made at the first need.
 */

const form = 'sealed1';
const ivBytes = 12;
const tagBytes = 16;

/**
 * @param purpose what it is and whose, like `mail_accounts.imap_password`: sealed for one purpose it opens for no other
 * @returns text without blanks, about a third longer than what was given; '' stays ''
 */
export function seal(text: string, purpose: string): string {
  if (text === '') return '';
  const key = secretsKey();
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(purpose));
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${form}.${nameOf(key)}.${sealed.toString('base64url')}`;
}

/** @throws AppError `secret.unreadable` when it was sealed under another key, for another purpose, or was changed */
export function unseal(sealed: string, purpose: string): string {
  if (sealed === '') return '';
  const [, name, data = ''] = sealed.split('.');
  const key = secretsKey();
  if (!isSealed(sealed) || name !== nameOf(key)) throw new AppError('secret.unreadable');
  const bytes = Buffer.from(data, 'base64url');
  const end = bytes.length - tagBytes;
  if (end < ivBytes) throw new AppError('secret.unreadable');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(end));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes, end)), decipher.final()]).toString('utf8');
  } catch (error) {
    throw Object.assign(new AppError('secret.unreadable'), { cause: error });
  }
}

export function isSealed(text: string): boolean {
  return text.startsWith(`${form}.`);
}

let known: { from: string; key: Buffer } | undefined;

function secretsKey(): Buffer {
  const { secretsKey: given, dataDir } = config();
  const from = given ?? dataDir;
  if (known?.from !== from) known = { from, key: Buffer.from(given ?? keyOfFile(dataDir), 'hex') };
  return known.key;
}

/** Two processes that start at once make one key: the second finds the first one's. */
function keyOfFile(dataDir: string): string {
  const path = join(dataDir, 'secrets.key');
  const read = () => {
    const text = readFileSync(path, 'utf8').trim();
    if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${path} holds no key: 64 hexadecimal digits are needed`);
    return text;
  };
  try {
    return read();
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const own = `${path}.${process.pid}`;
  writeFileSync(own, randomBytes(32).toString('hex'), { mode: 0o600, flush: true });
  try {
    // Whole or not at all, and never over another's.
    linkSync(own, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return read();
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Tells keys apart without telling anything of them. */
function nameOf(key: Buffer): string {
  return createHash('sha256').update('lotse secrets key').update(key).digest('hex').slice(0, 8);
}
