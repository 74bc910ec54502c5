import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { changePassword } from '#server/auth/change-password.ts';
import { closeAuth, openAuth } from '#server/auth/home.ts';
import { membersOf } from '#server/auth/membership.ts';
import { ensureAuthSchema } from '#server/auth/schema.ts';
import { isEmpty, setUp, setupKey } from '#server/auth/setup.ts';
import { signIn } from '#server/auth/sign-in.ts';
import { setupAddress } from '#server/auth/start.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createJar, desk } from '../support/sign-in.ts';

let database: TestDatabase;
const password = 'ein Kahn im Nebel';
const administrator = { name: 'Ada Lund', email: 'ada@nordlicht.example', password };
const workspace = { slug: 'nordlicht', name: 'Nordlicht Wohnen', language: 'de' as const };

beforeAll(async () => {
  database = await createTestDatabase();
  await openAuth({ databaseUrl: database.url, supabase: null });
});

beforeEach(async () => {
  await database.owner`delete from lotse.attempts`;
});

afterAll(async () => {
  await closeAuth();
  await database.drop();
});

test('an empty installation belongs to whoever can read where it was started', async () => {
  expect(await isEmpty()).toBe(true);
  expect(await setupAddress()).toContain(`/setup?key=${await setupKey()}`);
  const guess = { key: 'guess', workspace, administrator };
  await expect(setUp(createJar().client(), guess, desk)).rejects.toThrow('setup.key');
  expect(await isEmpty()).toBe(true);
});

test('the name of a route is refused, and nothing is left of the attempt that stands in the way', async () => {
  const taken = { key: await setupKey(), workspace: { ...workspace, slug: 'login' }, administrator };
  await expect(setUp(createJar().client(), taken, desk)).rejects.toThrow('slug.invalid');
  expect(await isEmpty()).toBe(true);
});

test('of two who set it up at once, one owns it', async () => {
  const key = await setupKey();
  const jars = [createJar(), createJar()];
  const tries = await Promise.allSettled(
    jars.map((jar, index) => {
      const email = `ada${index}@nordlicht.example`;
      return setUp(jar.client(), { key, workspace, administrator: { ...administrator, email } }, desk);
    }),
  );
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const winner = jars[tries.findIndex(({ status }) => status === 'fulfilled')];
  const session = await winner?.session();
  expect(await membersOf(session?.userId ?? '')).toMatchObject([{ slug: 'nordlicht', role: 'administrator' }]);
  expect(await isEmpty()).toBe(false);
  expect(await setupAddress()).toBeNull();
});

test('a set-up installation cannot be set up again', async () => {
  const again = { key: await setupKey(), workspace: { ...workspace, slug: 'andere' }, administrator };
  await expect(setUp(createJar().client(), again, desk)).rejects.toThrow('setup.done');
});

test('a password is changed by who knows it, and all other sessions end', async () => {
  const [owner] = await database.owner<{ email: string }[]>`select email from lotse.members`;
  const email = owner?.email ?? '';
  const [office, phone] = [createJar(), createJar()];
  const here = await signIn(office.client(), { email, password }, desk);
  await signIn(phone.client(), { email, password }, desk);
  const wrong = { current: 'falsch geraten', password: 'zwei Kähne im Nebel' };
  await expect(changePassword(here, wrong)).rejects.toThrow('password.wrong');
  expect(await phone.session()).not.toBeNull();

  await changePassword(here, { current: password, password: 'zwei Kähne im Nebel' });
  expect(await office.session()).not.toBeNull();
  expect(await phone.session()).toBeNull();
  const [sessions] = await database.owner<
    { count: number }[]
  >`select count(*) from auth.sessions where user_id = ${here.userId}`;
  expect(sessions?.count).toBe(1);
  await expect(signIn(phone.client(), { email, password }, desk)).rejects.toThrow('signIn.refused');
  await signIn(phone.client(), { email, password: 'zwei Kähne im Nebel' }, desk);
});

test('the current password cannot be guessed from an unlocked screen', async () => {
  const [owner] = await database.owner<{ email: string }[]>`select email from lotse.members`;
  const session = await signIn(
    createJar().client(),
    { email: owner?.email ?? '', password: 'zwei Kähne im Nebel' },
    desk,
  );
  const tries = Array.from({ length: 12 }, () =>
    changePassword(session, { current: 'falsch geraten', password }).catch((error: Error) => error.message),
  );
  expect((await Promise.all(tries)).filter((code) => code === 'too.many')).toHaveLength(2);
});

test('the schema of a Supabase project is left alone', async () => {
  await database.owner`alter schema auth owner to current_user`;
  await expect(ensureAuthSchema(database.url)).rejects.toThrow('SUPABASE_URL');
  await database.owner`alter schema auth owner to lotse_auth`;
  await ensureAuthSchema(database.url);
});
