import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { tidy } from '#server/domain/housekeeping.ts';
import { addWaiting, createInbox } from '../support/waiting-mail.ts';
import { useWorkspace } from '../support/workspace.ts';

/* What is kept for a while only goes then, and nothing else with it. */

const desk = useWorkspace();

const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

test('the bytes of a mail go a month after it left; its row stays, and what still is to leave keeps them', async () => {
  const { cast, db } = desk;
  const mail = async (state: string, days: number) => {
    const row = {
      workspaceId: cast.workspaceId,
      kind: 'message',
      toAddress: 'a@b.example',
      state,
      createdAt: ago(days),
    };
    const sentAt = state === 'sent' ? ago(days) : null;
    const [made] = await db.owner<{ id: string }[]>`
      insert into lotse.outgoing_mails ${db.owner({ ...row, sentAt, bytes: Buffer.from('Subject: x') })} returning id
    `;
    return made?.id ?? '';
  };
  const gone = [await mail('sent', 31), await mail('failed', 31), await mail('cancelled', 31)];
  const kept = [await mail('sent', 29), await mail('queued', 31), await mail('sending', 31)];
  expect((await tidy()).mails).toBe(gone.length);
  const rows = await db.owner<{ id: string; hasBytes: boolean }[]>`
    select id, bytes is not null as has_bytes from lotse.outgoing_mails where id = any (${[...gone, ...kept]}::uuid[])
  `;
  expect(new Set(rows.filter(({ hasBytes }) => hasBytes).map(({ id }) => id))).toEqual(new Set(kept));
  expect(rows).toHaveLength(gone.length + kept.length);
});

test('the answer of a command is remembered for a week', async () => {
  const { cast, db } = desk;
  const [old, young] = [randomUUID(), randomUUID()];
  const command = (id: string, days: number) => db.owner`
    insert into lotse.commands (workspace_id, actor, id, name, answer, created_at)
    values (${cast.workspaceId}, 'member:x', ${id}, 'ticket.claim', '{}', ${ago(days)})
  `;
  await command(old, 7.1);
  await command(young, 6.9);
  await tidy();
  const left = await db.owner`select id from lotse.commands where id = any (${[old, young]}::uuid[])`;
  expect(left).toEqual([{ id: young }]);
});

test('what somebody’s own rules did is shown for a month, and what they still have to do is not forgotten', async () => {
  const { cast, db } = desk;
  const { workspaceId } = cast;
  const accountId = await createInbox(cast);
  const ran = async (state: string, days: number) => {
    const mailId = await addWaiting(db.owner, { workspaceId, accountId });
    const row = {
      workspaceId,
      memberId: cast.ben.memberId,
      mailId,
      actions: db.owner.json([]),
      state,
      createdAt: ago(days),
    };
    const [made] = await db.owner<{ id: string }[]>`insert into lotse.filter_runs ${db.owner(row)} returning id`;
    return made?.id ?? '';
  };
  await ran('done', 31);
  await ran('refused', 31);
  const kept = [await ran('done', 29), await ran('asked', 31)];
  expect((await tidy()).runs).toBe(2);
  const left = await db.owner<{ id: string }[]>`select id from lotse.filter_runs`;
  expect(new Set(left.map(({ id }) => id))).toEqual(new Set(kept));
});
