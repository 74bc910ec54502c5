import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AppError } from '#lib/shared/errors.ts';
import { cookieName } from '#server/auth/cookies.ts';
import { authHome, closeAuth, openAuth } from '#server/auth/home.ts';
import { accept } from '#server/auth/invitations.ts';
import { sessionFor } from '#server/auth/request.ts';
import { confirmLink, mailLink, signIn } from '#server/auth/sign-in.ts';
import { asSystem } from '#server/database/actor.ts';
import * as attempts from '#server/domain/attempts.ts';
import { createCast, run } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createJar, desk, newestLink } from '../support/sign-in.ts';

let database: TestDatabase;
const email = 'ina@nordlicht.example';
const password = 'ein Kahn im Nebel';

beforeAll(async () => {
  database = await createTestDatabase();
  await openAuth({ databaseUrl: database.url, supabase: null });
  const cast = await createCast();
  await run(cast.ada, 'member.invite', { email, name: 'Ina Falk', role: 'member' });
  const token = (await newestLink(database.owner, email)).searchParams.get('token') ?? '';
  await accept(createJar().client(), { token, name: 'Ina Falk', password }, desk);
});

beforeEach(async () => {
  await database.owner`delete from lotse.attempts`;
});

afterAll(async () => {
  await closeAuth();
  await database.drop();
});

const guess = (address: string, as = email) =>
  signIn(createJar().client(), { email: as, password: 'falsch geraten' }, { address, userAgent: '' }).catch(
    (error: AppError) => error.code,
  );

describe('guessing', () => {
  test('a password stops after ten tries from one place, even with the right one', async () => {
    // All at once, as a machine would.
    const codes = await Promise.all(Array.from({ length: 14 }, () => guess('192.0.2.1')));
    expect(codes.filter((code) => code === 'signIn.refused')).toHaveLength(10);
    expect(codes.filter((code) => code === 'too.many')).toHaveLength(4);
    const right = signIn(createJar().client(), { email, password }, { address: '192.0.2.1', userAgent: '' });
    await expect(right).rejects.toMatchObject({ code: 'too.many', detail: { retryAfterSeconds: expect.any(Number) } });
  });

  test('from one place does not lock the person out elsewhere', async () => {
    await Promise.all(Array.from({ length: 12 }, () => guess('192.0.2.1')));
    await signIn(createJar().client(), { email, password }, { address: '198.51.100.2', userAgent: '' });
  });

  test('by many addresses of one IPv6 network is one stranger', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, index) => guess(`2001:db8:1:2::${index + 1}`)));
    expect(await guess('2001:db8:1:2:ffff::1')).toBe('too.many');
    expect(await guess('2001:db8:1:3::1')).toBe('signIn.refused');
  });

  test('many accounts from one place stops too', async () => {
    await database.owner`delete from lotse.attempts`;
    const limit = { key: `signIn:address:192.0.2.9`, limit: 50, windowSeconds: 3600 };
    for (let count = 0; count < 50; count++) await asSystem(null, ({ sql }) => attempts.spend(sql, limit));
    expect(await guess('192.0.2.9', 'somebody.else@nordlicht.example')).toBe('too.many');
  });

  test('one-time tokens stops', async () => {
    const limit = { key: `token:${attempts.network(desk.address)}`, limit: 50, windowSeconds: 3600 };
    for (let count = 0; count < 50; count++) await asSystem(null, ({ sql }) => attempts.spend(sql, limit));
    const tryOne = confirmLink(createJar().client(), { tokenHash: 'a'.repeat(64), password: null }, desk);
    await expect(tryOne).rejects.toThrow('too.many');
  });
});

test('a sign-in that succeeds clears the typing errors before it', async () => {
  for (let round = 0; round < 2; round++) {
    await Promise.all(Array.from({ length: 8 }, () => guess(desk.address)));
    await signIn(createJar().client(), { email, password }, desk);
  }
});

test('a session that cannot be renewed is not asked for again and again from one place', async () => {
  const made = { access_token: 'none', refresh_token: 'made up', expires_at: 1 };
  const token = Buffer.from(JSON.stringify(made)).toString('base64url');
  const cookie = `${cookieName}=base64-${token}`;
  const asked = vi.spyOn(authHome(), 'fetch');
  // The client of the auth server writes each refusal to the console.
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const visit = async (address: string) => {
    const jar = createJar();
    jar.set(cookieName, `base64-${token}`, { path: '/' });
    const request = { headers: new Headers({ cookie }) };
    const url = new URL('http://localhost/');
    return sessionFor({ request, cookies: jar, url, getClientAddress: () => address });
  };
  for (let i = 0; i < 60; i++) expect(await visit('192.0.2.66')).toBeNull();
  const refused = asked.mock.calls.length;
  expect(refused).toBeLessThanOrEqual(50);
  await visit('198.51.100.66');
  expect(asked.mock.calls.length).toBeGreaterThan(refused);
  asked.mockRestore();
  told.mockRestore();
});

test('a mailbox is not flooded', async () => {
  const sent = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) =>
      mailLink('magicLink', { email, next: null }, { address: `192.0.2.${index}`, userAgent: '' }),
    ),
  );
  expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  const mails =
    await database.owner`select 1 from lotse.outgoing_mails where to_address = ${email} and kind = 'magicLink'`;
  expect(mails).toHaveLength(5);
});

describe('the counter', () => {
  const limit = { key: 'test:somebody@example.org', limit: 2, windowSeconds: 60 };
  const spend = () => asSystem(null, ({ sql }) => attempts.spend(sql, limit));

  test('begins anew with the next window', async () => {
    await spend();
    await spend();
    await expect(spend()).rejects.toThrow('too.many');
    await database.owner`update lotse.attempts set window_start = window_start - interval '60 seconds'`;
    await spend();
  });

  test('keeps no address in clear', async () => {
    await spend();
    const [row] = await database.owner<{ bucket: string }[]>`select bucket from lotse.attempts`;
    expect(row?.bucket).toMatch(/^test:[\w-]{43}$/);
  });

  test('forgets old windows', async () => {
    await spend();
    await database.owner`update lotse.attempts set window_start = window_start - interval '2 days'`;
    await asSystem(null, ({ sql }) => attempts.sweep(sql));
    expect(await database.owner`select 1 from lotse.attempts`).toHaveLength(0);
  });
});
