import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeAuth, openAuth } from '#server/auth/home.ts';
import { accept } from '#server/auth/invitations.ts';
import { confirmLink, mailLink, signIn } from '#server/auth/sign-in.ts';
import { startOutbox } from '#server/mail/outbox.ts';
import { createCast, run } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createJar, desk, newestLink } from '../support/sign-in.ts';
import { until } from '../support/until.ts';

/* A link by mail: to sign in, or for a new password. */

let database: TestDatabase;
const email = 'nils@nordlicht.example';
const password = 'ein Kahn im Nebel';

beforeAll(async () => {
  database = await createTestDatabase();
  await openAuth({ databaseUrl: database.url, supabase: null });
  await run((await createCast()).ada, 'member.invite', { email, name: 'Nils Petersen', role: 'member' });
  const token = (await newestLink(database.owner, email)).searchParams.get('token') ?? '';
  await accept(createJar().client(), { token, name: 'Nils Petersen', password }, desk);
});

// Five an hour are enough, but for a test.
beforeEach(() => database.owner`delete from lotse.attempts`);

afterAll(async () => {
  await closeAuth();
  await database.drop();
});

const link = async (kind: 'magicLink' | 'passwordReset', next: string | null = null) => {
  await mailLink(kind, { email, next }, desk);
  const address = await newestLink(database.owner, email);
  return { address, tokenHash: address.searchParams.get('token_hash') ?? '' };
};

test('signs in once', async () => {
  const { tokenHash, address } = await link('magicLink', '/nord/board');
  expect(address.pathname).toBe('/login/confirm');
  expect(address.searchParams.get('next')).toBe('/nord/board');
  const jar = createJar();
  await confirmLink(jar.client(), { tokenHash, password: null }, desk);
  expect(await jar.session()).toMatchObject({ email });
  const second = createJar();
  await expect(confirmLink(second.client(), { tokenHash, password: null }, desk)).rejects.toThrow('link.invalid');
  expect(await second.session()).toBeNull();
});

test('pressed twice at the same moment, lets one in', async () => {
  const { tokenHash } = await link('magicLink');
  const tries = await Promise.allSettled(
    [1, 2, 3, 4].map(() => confirmLink(createJar().client(), { tokenHash, password: null }, desk)),
  );
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('runs out after an hour', async () => {
  const { tokenHash } = await link('magicLink');
  await database.owner`update auth.users set recovery_sent_at = now() - interval '61 minutes' where email = ${email}`;
  await expect(confirmLink(createJar().client(), { tokenHash, password: null }, desk)).rejects.toThrow('link.invalid');
});

test('for a new password sets it and ends every other session', async () => {
  const before = createJar();
  await signIn(before.client(), { email, password }, desk);
  const { tokenHash, address } = await link('passwordReset');
  expect(address.searchParams.has('reset')).toBe(true);
  const after = createJar();
  await confirmLink(after.client(), { tokenHash, password: 'drei Kähne im Nebel' }, desk);
  expect(await after.session()).toMatchObject({ email });
  expect(await before.session()).toBeNull();
  await expect(signIn(createJar().client(), { email, password }, desk)).rejects.toThrow('signIn.refused');
  await signIn(createJar().client(), { email, password: 'drei Kähne im Nebel' }, desk);
});

test('is found in its mail, also once that is built and nothing else names the link any more', async () => {
  const { address } = await link('magicLink');
  const outbox = startOutbox();
  await until(async () => {
    const built = await database.owner`
      select from lotse.outgoing_mails where to_address = ${email} and input = '{}' and bytes is not null
    `;
    return built.length > 0;
  });
  await outbox.stop();
  expect((await newestLink(database.owner, email)).href).toBe(address.href);
});

describe('while the database is busy once the link is used up', () => {
  /** A statement that took too long. */
  async function without<T>(verb: string, work: () => Promise<T>): Promise<T> {
    const [before] = await database.owner<{ body: string }[]>`
      select pg_get_functiondef(p.oid) as body from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'private' and p.proname = ${verb}
    `;
    const body = before?.body ?? '';
    const fails = `begin raise exception using errcode = '57014'; end`;
    await database.owner.unsafe(body.replace(/\$function\$[\s\S]*\$function\$/, `$function$${fails}$function$`));
    try {
      return await work();
    } finally {
      await database.owner.unsafe(body);
    }
  }

  test('one is signed in all the same', async () => {
    const { tokenHash } = await link('magicLink');
    const jar = createJar();
    await without('describe_session', () => confirmLink(jar.client(), { tokenHash, password: null }, desk));
    expect(await jar.session()).toMatchObject({ email });
  });

  test('one is told to ask for another link, not to use this one again', async () => {
    const { tokenHash } = await link('passwordReset');
    const use = { tokenHash, password: 'vier Kähne im Nebel' };
    await expect(without('end_sessions', () => confirmLink(createJar().client(), use, desk))).rejects.toThrow(
      'link.spent',
    );
    const next = await link('passwordReset');
    await confirmLink(createJar().client(), { ...use, tokenHash: next.tokenHash }, desk);
  });
});

test('goes to no stranger, and an account is not made for him', async () => {
  const stranger = 'fremd@example.org';
  await mailLink('magicLink', { email: stranger, next: null }, desk);
  const mails = await database.owner`select 1 from lotse.outgoing_mails where to_address = ${stranger}`;
  const accounts = await database.owner`select 1 from auth.users where email = ${stranger}`;
  expect([mails.length, accounts.length]).toEqual([0, 0]);
});

test('is shown to nobody in the workspace', async () => {
  await link('magicLink');
  const [mail] = await database.owner<{ workspaceId: string | null; language: string }[]>`
    select workspace_id, language from lotse.outgoing_mails where to_address = ${email} order by created_at desc limit 1
  `;
  expect(mail).toEqual({ workspaceId: null, language: 'de' });
});
