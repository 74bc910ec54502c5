import { App } from '@supabase/lite';
import { createPostgresConnection } from '@supabase/lite/postgres';
import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authHome, closeAuth, openAuth } from '#server/auth/home.ts';
import { accept, invited, join } from '#server/auth/invitations.ts';
import { memberFor } from '#server/auth/guard.ts';
import { membersOf } from '#server/auth/membership.ts';
import { sessionOf } from '#server/auth/session.ts';
import { signIn } from '#server/auth/sign-in.ts';
import { secretFor } from '#server/database/keys.ts';
import { createCast, run, type Cast, type Member } from '../support/cast.ts';
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

async function invite(by: Member, email: string, name = 'Ina Falk') {
  const { result } = await run(by, 'member.invite', { email, name, role: 'moderator' });
  const link = await newestLink(database.owner, email);
  return { invitation: result['invitation'] ?? '', token: link.searchParams.get('token') ?? '' };
}

const slugOf = async (workspaceId: string) => {
  const [row] = await database.owner<{ slug: string }[]>`select slug from lotse.workspaces where id = ${workspaceId}`;
  return row?.slug ?? '';
};

test('an invitation makes a member of its workspace, with its role, and signs him in', async () => {
  const { token } = await invite(cast.ada, 'ina@nordlicht.example');
  expect(await invited(token, null)).toMatchObject({ step: 'new', workspaceName: 'Nordlicht Wohnen' });
  const jar = createJar();
  await accept(jar.client(), { token, name: 'Ina Falk-Sommer', password }, desk);
  const session = await jar.session();
  expect(session).toMatchObject({ email: 'ina@nordlicht.example' });
  const [member] = await membersOf(session?.userId ?? '');
  expect(member).toMatchObject({ workspaceId: cast.workspaceId, role: 'moderator', name: 'Ina Falk-Sommer' });
});

test('a member is nobody in another workspace', async () => {
  const { token } = await invite(cast.ada, 'per@nordlicht.example', 'Per Holm');
  const jar = createJar();
  await accept(jar.client(), { token, name: 'Per Holm', password }, desk);
  const session = await jar.session();
  expect(await memberFor(session, await slugOf(cast.workspaceId))).toMatchObject({ name: 'Per Holm' });
  expect(await memberFor(session, await slugOf(cast.zoe.workspaceId))).toBeNull();
  expect(await memberFor(session, 'no-such-place')).toBeNull();
  expect(await memberFor(null, await slugOf(cast.workspaceId))).toBeNull();
});

test('an invitation works once, also when the button is pressed twice at the same moment', async () => {
  const { token } = await invite(cast.ada, 'twice@nordlicht.example');
  const tries = await Promise.allSettled(
    ['erstes Passwort', 'zweites Passwort'].map((password) =>
      accept(createJar().client(), { token, name: 'Ina Falk', password }, desk),
    ),
  );
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(accept(createJar().client(), { token, name: 'X', password }, desk)).rejects.toThrow(
    'invitation.invalid',
  );
  const members = await database.owner`select 1 from lotse.members where email = 'twice@nordlicht.example'`;
  expect(members).toHaveLength(1);
});

test('an expired, a revoked and a made-up invitation are refused alike', async () => {
  const expired = await invite(cast.ada, 'late@nordlicht.example');
  await database.owner`update lotse.invitations set expires_at = now() - interval '1 second' where id = ${expired.invitation}`;
  const revoked = await invite(cast.ada, 'revoked@nordlicht.example');
  await run(cast.ada, 'invitation.revoke', { invitation: revoked.invitation });
  for (const token of [expired.token, revoked.token, 'x'.repeat(43)]) {
    expect(await invited(token, null)).toBeNull();
    await expect(accept(createJar().client(), { token, name: 'X', password }, desk)).rejects.toThrow(
      'invitation.invalid',
    );
  }
  const accounts =
    await database.owner`select 1 from auth.users where email in ('late@nordlicht.example', 'revoked@nordlicht.example')`;
  expect(accounts).toHaveLength(0);
});

test('whoever signed the address up before the invitation gains nothing', async () => {
  const email = 'victim@nordlicht.example';
  const attacker = await signUpAnyway(email, 'das Passwort des Angreifers');
  expect(await sessionOf(attacker.accessToken)).not.toBeNull();
  const { token } = await invite(cast.ada, email);
  const jar = createJar();
  await accept(jar.client(), { token, name: 'Vera Opfer', password }, desk);
  expect(await sessionOf(attacker.accessToken)).toBeNull();
  const renewed = await createJar().client().auth.refreshSession({ refresh_token: attacker.refreshToken });
  expect(renewed.data.session).toBeNull();
  const known = { email, password: 'das Passwort des Angreifers' };
  await expect(signIn(createJar().client(), known, desk)).rejects.toThrow('signIn.refused');
  const { data } = await jar.client().auth.getUser();
  expect(data.user?.user_metadata).not.toHaveProperty('workspace');
});

test('an administrator who copies the link of an invitation does not get into an account that is in use', async () => {
  const email = 'nora@nordlicht.example';
  const first = await invite(cast.ada, email, 'Nora Beck');
  const nora = createJar();
  await accept(nora.client(), { token: first.token, name: 'Nora Beck', password }, desk);
  const second = await invite(cast.zoe, email, 'Nora Beck');
  expect(await invited(second.token, null)).toMatchObject({ step: 'signIn' });
  const thief = createJar();
  const grab = { token: second.token, name: 'Nora Beck', password: 'das neue Passwort' };
  await expect(accept(thief.client(), grab, desk)).rejects.toThrow('invitation.invalid');
  expect(await thief.session()).toBeNull();
  expect(await nora.session()).not.toBeNull();

  const session = await nora.session();
  if (!session) throw new Error('Nora was signed out');
  expect(await invited(second.token, session)).toMatchObject({ step: 'join' });
  await join(second.token, session);
  expect((await membersOf(session.userId)).map(({ workspace }) => workspace)).toEqual([
    'Nordlicht Wohnen',
    'Südstern IT',
  ]);
});

test('an invitation is not accepted for somebody else who is signed in', async () => {
  const { token: own } = await invite(cast.ada, 'otto@nordlicht.example', 'Otto Ring');
  const otto = createJar();
  await accept(otto.client(), { token: own, name: 'Otto Ring', password }, desk);
  const session = await otto.session();
  if (!session) throw new Error('Otto was signed out');
  const { token } = await invite(cast.zoe, 'rosa@suedstern.example', 'Rosa Lang');
  expect(await invited(token, session)).toMatchObject({ step: 'other' });
  await expect(join(token, session)).rejects.toThrow('invitation.invalid');
});

/** What a Supabase project with open sign-up lets a stranger do: an account, with metadata of his choice. */
async function signUpAnyway(email: string, password: string) {
  const connection = createPostgresConnection({ url: database.url, postgresOptions: { max: 1 } });
  const secret = (await secretFor('auth')).toString('base64url');
  const app = new App({
    connection,
    auth: { enabled: true, jwt_secret: secret },
    db: { migrations: { enabled: false } },
  });
  const { auth } = createClient(authHome().url, 'any', {
    auth: { persistSession: false },
    global: { fetch: (input, init) => app.fetch(new Request(input, init)) },
  });
  const { data, error } = await auth.signUp({ email, password, options: { data: { workspace: cast.workspaceId } } });
  await connection.close();
  if (error || !data.session) throw error ?? new Error('no session');
  return { accessToken: data.session.access_token, refreshToken: data.session.refresh_token };
}
