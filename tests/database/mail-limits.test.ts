import { beforeAll, expect, test } from 'vitest';
import { act } from '#server/domain/act.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { createTicket, run } from '../support/cast.ts';
import { useWorkspace } from '../support/workspace.ts';

// What bounds one column of a mail, a message or a contact, whoever writes it.

const desk = useWorkspace();

beforeAll(async () => {
  const { cast, db } = desk;
  const account = { name: 'Service', address: 'service@nordlicht.example', pool: cast.heating, kind: 'smtp' as const };
  await run(cast.ada, 'account.create', account);
  const ticket = await createTicket(cast);
  const said = { ticket, kind: 'message', visibility: 'public', html: '<p>Hallo</p>' } as const;
  await run(cast.mona, 'message.post', said);
  await act({ kind: 'system', workspaceId: cast.workspaceId }, (tx) =>
    outgoing.queueForCustomers(tx, { kind: 'confirmation', ticket, message: null }),
  );
  await db.owner`
    insert into lotse.mails (workspace_id, account_id, sha256, size)
    select workspace_id, id, ${'3'.repeat(64)}, 1 from lotse.mail_accounts
  `;
});

const text = (length: number) => 'x'.repeat(length);

type Bounds = [most: string | Buffer, more: string | Buffer];

test.each<[string, string, Bounds]>([
  ['mails', 'envelope_from', [text(320), text(321)]],
  ['mails', 'from_address', [text(320), text(321)]],
  ['mails', 'from_name', [text(320), text(321)]],
  ['mails', 'message_id', [text(998), text(999)]],
  ['mails', 'subject', [text(998), text(999)]],
  ['mails', 'reason', [text(500), text(501)]],
  ['mails', 'sha256', ['a'.repeat(64), 'A'.repeat(64)]],
  ['mails', 'thread_index', [text(400), text(401)]],
  ['mails', 'thread_topic', [text(250), text(251)]],
  ['mails', 'raw', [Buffer.alloc(262_144), Buffer.alloc(262_145)]],
  ['outgoing_mails', 'bounced_address', [text(320), text(321)]],
  ['outgoing_mails', 'envelope_from', [text(320), text(321)]],
  ['outgoing_mails', 'message_id', [text(998), text(999)]],
  ['outgoing_mails', 'subject', [text(998), text(999)]],
  ['outgoing_mails', 'to_address', [text(320), text(321)]],
  ['outgoing_mails', 'to_address', [text(3), text(2)]],
  ['outgoing_mails', 'response', [text(1000), text(1001)]],
  ['messages', 'body_html', [text(1_000_000), text(1_000_001)]],
  ['messages', 'quoted_html', [text(2_000_000), text(2_000_001)]],
  ['messages', 'channel', ['portal', 'pigeon']],
  ['contacts', 'phone', [text(40), text(41)]],
  ['contacts', 'title', [text(40), text(41)]],
  ['contacts', 'remark', [text(4000), text(4001)]],
  ['contacts', 'salutation', ['mx', 'sir']],
])('%s.%s is kept within its bounds', async (table, column, [most, more]) => {
  const { owner } = desk.db;
  const write = (value: string | Buffer) => owner`update ${owner(`lotse.${table}`)} set ${owner({ [column]: value })}`;
  expect((await write(most)).count).toBeGreaterThan(0);
  await expect(write(more)).rejects.toMatchObject({ code: '23514' });
});

test('the key of a stored mail is', async () => {
  const { owner } = desk.db;
  const write = (key: string) => owner`update lotse.mails set raw = null, storage_key = ${key}`;
  expect((await write(text(200))).count).toBe(1);
  await expect(write(text(201))).rejects.toMatchObject({ code: '23514' });
});

test('and so are the bytes of one that leaves', async () => {
  const { owner } = desk.db;
  // Made where they are judged: forty megabytes take their time on the way.
  const write = (length: number) =>
    owner`update lotse.outgoing_mails set bytes = decode(repeat('00', ${length}), 'hex')`;
  await write(0);
  await expect(write(41_943_041)).rejects.toMatchObject({ code: '23514' });
});
