import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authHome, closeAuth, openAuth } from '#server/auth/home.ts';
import { accept } from '#server/auth/invitations.ts';
import { membersOf } from '#server/auth/membership.ts';
import { sessionFrom } from '#server/auth/session.ts';
import { endOtherSessions, endSession, sessionsOf } from '#server/auth/sessions.ts';
import { signIn, signOut } from '#server/auth/sign-in.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createJar, desk, newestLink } from '../support/sign-in.ts';

let database: TestDatabase;
let cast: Cast;
const password = 'ein Kahn im Nebel';

beforeAll(async () => {
  database = await createTestDatabase();
  await openAuth({ databaseUrl: database.url, supabase: null });
  cast = await createCast();
});

afterAll(async () => {
  await closeAuth();
  await database.drop();
});

/** Invites somebody and accepts for him; his browser. */
async function join(email: string, name: string) {
  await run(cast.ada, 'member.invite', { email, name, role: 'member' });
  const token = (await newestLink(database.owner, email)).searchParams.get('token') ?? '';
  const jar = createJar();
  await accept(jar.client(), { token, name, password }, desk);
  return jar;
}

test('the App inside leaves the warnings of this process alone', async () => {
  const warned = once(process, 'warning');
  process.emitWarning(new Error('of a test'));
  expect(await warned).toMatchObject([{ message: 'of a test' }]);
});

describe('signing in', () => {
  const email = 'ina@nordlicht.example';

  beforeAll(async () => {
    await join(email, 'Ina Falk');
  });

  test('a member signs in by password and works where he was invited', async () => {
    const jar = createJar();
    const session = await signIn(jar.client(), { email, password }, desk);
    expect(await jar.session()).toEqual(session);
    expect(await membersOf(session.userId)).toMatchObject([
      { workspaceId: cast.workspaceId, name: 'Ina Falk', role: 'member' },
    ]);
  });

  test('cookies are out of reach of scripts and of other sites', async () => {
    const jar = createJar();
    await signIn(jar.client(), { email, password }, desk);
    expect(jar.flags.size).toBeGreaterThan(0);
    for (const flags of jar.flags.values()) {
      expect(flags).toMatchObject({ httpOnly: true, secure: true, sameSite: 'lax', path: '/' });
    }
  });

  test('a wrong password and an unknown address are refused alike', async () => {
    const jar = createJar();
    await expect(signIn(jar.client(), { email, password: 'falsch geraten' }, desk)).rejects.toThrow('signIn.refused');
    await expect(signIn(jar.client(), { email: 'niemand@example.org', password }, desk)).rejects.toThrow(
      'signIn.refused',
    );
    expect(await jar.session()).toBeNull();
  });

  test('nobody can sign up', async () => {
    const { error } = await createJar().client().auth.signUp({ email: 'mallory@example.org', password });
    expect(error?.code).toBe('signup_disabled');
  });
});

describe('a session', () => {
  const email = 'kai@nordlicht.example';

  beforeAll(async () => {
    await join(email, 'Kai Brandt');
  });

  test('ends with sign-out, though its access token still runs', async () => {
    const jar = createJar();
    const session = await signIn(jar.client(), { email, password }, desk);
    const stolen = jar.header();
    await signOut(jar.client(), session);
    expect(jar.header()).toBe('');
    expect(await sessionFrom(stolen)).toBeNull();
  });

  test('is listed with its device, and can be revoked from another', async () => {
    const [office, phone] = [createJar(), createJar()];
    const here = await signIn(office.client(), { email, password }, desk);
    const there = await signIn(phone.client(), { email, password }, { address: '2001:db8::9', userAgent: 'Handy' });
    const devices = await sessionsOf(here.userId);
    expect(devices.find(({ id }) => id === there.sessionId)).toMatchObject({
      userAgent: 'Handy',
      address: '2001:db8::9',
    });
    await endSession({ sessionId: there.sessionId, userId: here.userId });
    expect(await phone.session()).toBeNull();
    expect(await office.session()).not.toBeNull();
  });

  test('of somebody else cannot be revoked', async () => {
    const jar = createJar();
    const session = await signIn(jar.client(), { email, password }, desk);
    const stranger = await (await join('lea@nordlicht.example', 'Lea Vogt')).session();
    await endSession({ sessionId: session.sessionId, userId: stranger?.userId ?? '' });
    expect(await jar.session()).not.toBeNull();
  });

  test('survives when all others are ended', async () => {
    const [office, phone] = [createJar(), createJar()];
    const here = await signIn(office.client(), { email, password }, desk);
    await signIn(phone.client(), { email, password }, desk);
    await endOtherSessions(here);
    expect(await office.session()).not.toBeNull();
    expect(await phone.session()).toBeNull();
  });

  test('of a banned account is dead at once', async () => {
    const jar = createJar();
    const session = await signIn(jar.client(), { email, password }, desk);
    const ban = (until: string | null) =>
      database.owner`update auth.users set banned_until = ${until} where id = ${session.userId}`;
    await ban('2100-01-01');
    expect(await jar.session()).toBeNull();
    await ban(null);
    expect(await jar.session()).not.toBeNull();
  });

  test.each([
    '',
    'sb-lotse=',
    'sb-lotse=base64-e30',
    'sb-lotse=base64-%%%',
    'sb-lotse.0=base64-eyJ; sb-lotse.1=9',
    'other=1',
  ])('is not made of the cookie %j', async (cookie) => {
    expect(await sessionFrom(cookie)).toBeNull();
  });

  test('is renewed for all who ask at once with one refresh token', async () => {
    const jar = createJar();
    await signIn(jar.client(), { email, password }, desk);
    const tabs = await Promise.all([1, 2, 3].map(() => jar.client().auth.refreshSession()));
    expect(tabs.map(({ error }) => error)).toEqual([null, null, null]);
    expect(await jar.session()).not.toBeNull();
  });
});

test('the App keeps to its own schema', async () => {
  const [row] = await database.owner<{ reaches: number }[]>`
    select count(*) as reaches from pg_class c
    where c.relnamespace in ('lotse'::regnamespace, 'private'::regnamespace) and c.relkind = 'r'
      and has_table_privilege('lotse_auth', c.oid, 'select')
  `;
  expect(row?.reaches).toBe(0);
  const rest = await authHome().fetch('http://127.0.0.1/rest/v1/users', {
    headers: { apikey: authHome().publishableKey },
  });
  expect(rest.status).toBe(404);
});
