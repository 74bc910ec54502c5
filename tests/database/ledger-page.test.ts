import { beforeAll, beforeEach, expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { latestMails } from '#server/domain/ledger.ts';
import { addWaiting, createInbox } from '../support/waiting-mail.ts';
import { useWorkspace } from '../support/workspace.ts';

const desk = useWorkspace();
let accounts: string[];

beforeAll(async () => {
  accounts = [await createInbox(desk.cast), await createInbox(desk.cast)];
});
beforeEach(() => desk.db.owner`truncate lotse.mails cascade`);

const add = (at: number, row: Record<string, unknown>) =>
  addWaiting(desk.db.owner, { workspaceId: desk.cast.workspaceId, accountId: accounts[at] ?? '' }, row);

const subjects = async (wanted: Parameters<typeof latestMails>[1]) =>
  (await asMember(desk.cast.ada, (tx) => latestMails(tx, wanted))).map(({ subject }) => subject);

test('the ledger is asked by account, words, state and days', async () => {
  await add(0, { subject: 'Rohr 100 %', receivedAt: '2026-11-02T23:30:00Z' });
  await add(1, { subject: 'Aufzug', fromName: 'Hans Krüger', receivedAt: '2026-11-04T08:00:00Z', state: 'failed' });
  expect(await subjects({ account: accounts[1] })).toEqual(['Aufzug']);
  expect(await subjects({ text: 'krüger' })).toEqual(['Aufzug']);
  // A sign that means something to SQL means itself.
  expect(await subjects({ text: '100 %' })).toEqual(['Rohr 100 %']);
  expect(await subjects({ text: 'a_fzug' })).toEqual([]);
  expect(await subjects({ states: ['failed'] })).toEqual(['Aufzug']);
  expect(await subjects({ from: '2026-11-03' })).toEqual(['Aufzug']);
  expect(await subjects({ to: '2026-11-03' })).toEqual(['Rohr 100 %']);
  expect(await subjects({ from: '2026-11-04', to: '2026-11-04' })).toEqual(['Aufzug']);
});
