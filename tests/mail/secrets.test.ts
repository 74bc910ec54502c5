import { afterAll, beforeAll, expect, test } from 'vitest';
import * as mails from '#server/domain/mails.ts';
import { unseal } from '#server/sealed.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let db: TestDatabase;
let cast: Cast;

beforeAll(async () => {
  db = await createTestDatabase();
  cast = await createCast();
});
afterAll(() => db.drop());

async function create(name: string): Promise<string> {
  const { result } = await run(cast.ada, 'account.create', {
    name,
    address: `${name}@nordlicht.example`,
    pool: cast.heating,
    kind: 'imap',
    imapHost: 'imap.example.org',
    imapUser: name,
    imapPassword: 'geheim-7',
  });
  return result['account'] ?? '';
}

async function storedOf(account: string): Promise<string> {
  const [row] = await db.owner<{ imapPassword: string }[]>`
    select imap_password from lotse.mail_accounts where id = ${account}
  `;
  return row?.imapPassword ?? '';
}

test('a password lies sealed in the database, also after it was changed', async () => {
  const account = await create('eins');
  expect(await storedOf(account)).not.toContain('geheim');
  expect(unseal(await storedOf(account), mails.imapPasswordPurpose)).toBe('geheim-7');
  await run(cast.ada, 'account.change', { account, imapPassword: 'anders-8' });
  expect(await storedOf(account)).not.toContain('anders');
  expect(unseal(await storedOf(account), mails.imapPasswordPurpose)).toBe('anders-8');
  await run(cast.ada, 'account.change', { account, name: 'Eins' });
  expect(unseal(await storedOf(account), mails.imapPasswordPurpose)).toBe('anders-8');
});

test('the database takes no password in clear', async () => {
  const account = await create('zwei');
  await expect(
    db.owner`update lotse.mail_accounts set imap_password = 'geheim-7' where id = ${account}`,
  ).rejects.toMatchObject({ constraint_name: 'mail_accounts_sealed' });
});

test('passwords of an earlier version are sealed at the start, once', async () => {
  const account = await create('drei');
  await db.owner`alter table lotse.mail_accounts drop constraint mail_accounts_sealed`;
  await db.owner`update lotse.mail_accounts set imap_password = 'von früher' where id = ${account}`;
  expect(await mails.sealOldPasswords()).toBe(1);
  expect(unseal(await storedOf(account), mails.imapPasswordPurpose)).toBe('von früher');
  const sealed = await storedOf(account);
  expect(await mails.sealOldPasswords()).toBe(0);
  expect(await storedOf(account)).toBe(sealed);
});
