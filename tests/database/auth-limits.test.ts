import { createHmac } from 'node:crypto';
import { stringFromBase64URL } from '@supabase/ssr';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AppError } from '#lib/shared/errors.ts';
import { cookieName } from '#server/auth/cookies.ts';
import { authHome, closeAuth, openAuth } from '#server/auth/home.ts';
import { accept } from '#server/auth/invitations.ts';
import { sessionFor } from '#server/auth/request.ts';
import { confirmLink, mailLink, signIn } from '#server/auth/sign-in.ts';
import { asSystem } from '#server/database/actor.ts';
import { secretFor } from '#server/database/keys.ts';
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

const visit = (jar: ReturnType<typeof createJar>) =>
  sessionFor({
    request: { headers: new Headers({ cookie: jar.header() }) },
    cookies: jar,
    url: new URL('http://localhost/'),
    getClientAddress: () => '192.0.2.66',
  });

/** What a browser holds whose access token ran out while it slept. */
function slept(jar: ReturnType<typeof createJar>, { secret = '' } = {}) {
  const stored = JSON.parse(stringFromBase64URL((jar.getAll()[0]?.value ?? '').replace('base64-', '')));
  const [head = '', body = ''] = stored.access_token.split('.');
  const claims = encode({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), exp: 1 });
  const signature = createHmac('sha256', secret).update(`${head}.${claims}`).digest('base64url');
  const cookie = encode({ ...stored, access_token: `${head}.${claims}.${signature}`, expires_at: 1 });
  jar.set(cookieName, `base64-${cookie}`, { path: '/' });
  return jar;
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a whole office behind one address, woken at the same moment in many tabs each, stays signed in', async () => {
  const secret = (await secretFor('auth')).toString('base64url');
  const office = Array.from({ length: 12 }, createJar);
  for (const jar of office) await signIn(jar.client(), { email, password }, desk);
  const tabs = office.flatMap((jar) => Array.from({ length: 8 }, () => visit(slept(jar, { secret }))));
  expect((await Promise.all(tabs)).filter((session) => session?.email !== email)).toEqual([]);
});

test('a made-up session costs the auth server no question, and nobody else his own', async () => {
  const jar = createJar();
  await signIn(jar.client(), { email, password }, desk);
  const asked = vi.spyOn(authHome(), 'fetch');
  for (let i = 0; i < 60; i++) expect(await visit(slept(jar, { secret: 'guessed' }))).toBeNull();
  expect(asked).not.toHaveBeenCalled();
  asked.mockRestore();
  const secret = (await secretFor('auth')).toString('base64url');
  expect(await visit(slept(jar, { secret }))).toMatchObject({ email });
});

test('a session that ended is not asked for without end', async () => {
  const secret = (await secretFor('auth')).toString('base64url');
  const jar = createJar();
  await signIn(jar.client(), { email, password }, desk);
  const held = slept(jar, { secret }).getAll();
  await database.owner`delete from auth.sessions`;
  const asked = vi.spyOn(authHome(), 'fetch');
  // The client of the auth server writes each refusal to the console.
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const outcomes: unknown[] = [];
  for (let i = 0; i < 110; i++) {
    const copy = createJar();
    for (const { name, value } of held) copy.set(name, value, { path: '/' });
    outcomes.push(await visit(copy).catch((error: Error) => error.message));
  }
  expect(new Set(outcomes)).toEqual(new Set([null, 'busy']));
  expect(asked.mock.calls.length).toBeLessThanOrEqual(100);
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
