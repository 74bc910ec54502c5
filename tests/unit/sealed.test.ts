import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import { isSealed, seal, unseal } from '#server/sealed.ts';

const purpose = 'mail_accounts.imap_password';
const key = process.env['SECRETS_KEY'] ?? '';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lotse-'));
});

afterEach(() => {
  decide({ SECRETS_KEY: key });
  rmSync(folder, { recursive: true });
});

test('what was sealed opens again, and does not show what it is', () => {
  const sealed = seal('geheim äöü', purpose);
  expect(isSealed(sealed)).toBe(true);
  expect(sealed).not.toContain('geheim');
  expect(unseal(sealed, purpose)).toBe('geheim äöü');
  expect(seal('geheim äöü', purpose)).not.toBe(sealed);
});

test('nothing stays nothing', () => {
  expect(seal('', purpose)).toBe('');
  expect(unseal('', purpose)).toBe('');
});

test('it opens under no other key, for no other purpose, and not when it was changed', () => {
  const sealed = seal('geheim', purpose);
  expect(() => unseal(sealed, 'mail_accounts.smtp_password')).toThrow('secret.unreadable');
  const changed = sealed.slice(0, -2) + (sealed.at(-2) === 'A' ? 'B' : 'A') + sealed.slice(-1);
  expect(() => unseal(changed, purpose)).toThrow('secret.unreadable');
  expect(() => unseal(sealed.slice(0, 30), purpose)).toThrow('secret.unreadable');
  expect(() => unseal('geheim', purpose)).toThrow('secret.unreadable');
  decide({ SECRETS_KEY: 'a1'.repeat(32) });
  expect(() => unseal(sealed, purpose)).toThrow('secret.unreadable');
});

test('without a key in the settings one is made, for the owner alone, and kept', () => {
  decide({ SECRETS_KEY: '', DATA_DIR: folder });
  const sealed = seal('geheim', purpose);
  const path = join(folder, 'secrets.key');
  expect(readFileSync(path, 'utf8')).toMatch(/^[0-9a-f]{64}$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  decide({ SECRETS_KEY: readFileSync(path, 'utf8') });
  expect(unseal(sealed, purpose)).toBe('geheim');
});

test('a key file that was damaged is not replaced', () => {
  writeFileSync(join(folder, 'secrets.key'), 'kaputt');
  decide({ SECRETS_KEY: '', DATA_DIR: folder });
  expect(() => seal('geheim', purpose)).toThrow('holds no key');
  expect(readFileSync(join(folder, 'secrets.key'), 'utf8')).toBe('kaputt');
});
