import { describe, expect, test } from 'vitest';
import { newPassword } from '#server/auth/fields.ts';
import { readForm } from '#server/auth/form.ts';
import { localPath } from '#server/auth/next.ts';
import { network } from '#server/domain/attempts.ts';

describe('after a sign-in one goes on', () => {
  test.each(['/', '/nord/board', '/nord/tickets/1042?tab=notes', '/invitation?token=a-b_c'])('to %s', (path) => {
    expect(localPath(path)).toBe(path);
  });

  test.each([
    'https://elsewhere.example/',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '/..//elsewhere.example',
    '/.//elsewhere.example',
    '/\t/elsewhere.example',
    '/\n/elsewhere.example',
    'javascript:alert(1)',
    'nord/board',
    '',
    `/${'x'.repeat(600)}`,
    undefined,
    null,
    7,
  ])('but not to %j', (path) => {
    expect(localPath(path)).toBeNull();
  });
});

describe('a stranger is known', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s as %s', (address, known) => {
    expect(network(address)).toBe(known);
  });
});

describe('a new password', () => {
  const problem = (password: string) => newPassword.safeParse(password).error?.issues[0]?.message;

  test.each([
    ['kurz', 'password.short'],
    ['x'.repeat(73), 'password.long'],
    ['ü'.repeat(40), 'password.long'],
    ['aaaaaaaaaaaa', 'password.weak'],
    ['1234567890', 'password.weak'],
    ['Passwort2026!', 'password.weak'],
  ])('%s is refused: %s', (password, code) => {
    expect(problem(password)).toBe(code);
  });

  test.each(['ein Kahn im Nebel', 'correct horse', 'Passwort für den Kahn'])('%s is taken', (password) => {
    expect(problem(password)).toBeUndefined();
  });
});

describe('a form at the door', () => {
  const post = (body: BodyInit, headers: Record<string, string> = {}) =>
    new Request('http://localhost/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);

  test('is read', async () => {
    expect(await readForm(post(new URLSearchParams({ name: 'Ina' })))).toEqual({ name: 'Ina' });
  });

  test('that is too large is refused, whether it says so before or comes in chunks', async () => {
    const large = new URLSearchParams({ name: 'x'.repeat(100_000) });
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    await expect(readForm(post(large, { 'content-length': '100005' }))).rejects.toMatchObject({ code: 'too.large' });
    const chunked = new Blob([large.toString()]).stream();
    await expect(readForm(post(chunked, type))).rejects.toMatchObject({ code: 'too.large' });
  });
});
