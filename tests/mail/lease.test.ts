import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as mails from '#server/domain/mails.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let db: TestDatabase;
let cast: Cast;
let account: string;

beforeAll(async () => {
  db = await createTestDatabase();
  cast = await createCast();
  const { result } = await run(cast.ada, 'account.create', {
    name: 'Box',
    address: 'box@nordlicht.example',
    pool: cast.heating,
    kind: 'imap',
    imapHost: 'imap.example.org',
    imapUser: 'box',
    imapPassword: 'geheim',
  });
  account = result['account'] ?? '';
});
afterAll(() => db.drop());

test('a reader that was overtaken stores nothing, moves no cursor and notes nothing', async () => {
  const holder = randomUUID();
  const first = await mails.lease(account, holder);
  // The same process again, as after a hang: the holder is the same, the lease is not.
  const second = await mails.lease(account, holder);
  if (!first || !second) throw new Error('no lease');
  await mails.startFrom(second.held, { uidValidity: 7, lastUid: 3 });
  const place = { ...first.held, workspaceId: cast.workspaceId, uidValidity: 7 };
  const head = { messageId: '', fromAddress: '', fromName: '', subject: 'Überholt' };
  const found = { uidValidity: 7, inMailbox: 1, missing: [], fetched: 0 };
  await expect(mails.storeFetched(place, [{ uid: 50, raw: Buffer.from('x'), head }])).rejects.toThrow('mail.leaseLost');
  await expect(mails.startFrom(first.held, { uidValidity: 8, lastUid: 9 })).rejects.toThrow('mail.leaseLost');
  await expect(mails.markSettled(first.held, 7, [1])).rejects.toThrow('mail.leaseLost');
  await expect(mails.noteReconciliation(first.held, found)).rejects.toThrow('mail.leaseLost');
  await expect(mails.storeAgain(place, 50, null)).rejects.toThrow('mail.leaseLost');
  await mails.reportFailure(first.held, 'Unsinn');
  expect(await first.renew()).toBe(false);
  expect(await second.renew()).toBe(true);
  const [row] = await db.owner`
    select uid_validity::int, last_uid::int, last_error from lotse.mail_accounts where id = ${account}
  `;
  expect(row).toEqual({ uidValidity: 7, lastUid: 3, lastError: '' });
  expect(await db.owner`select from lotse.mails`).toHaveLength(0);
});
