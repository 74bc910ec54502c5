import { randomUUID } from 'node:crypto';
import type { Check } from '#lib/shared/checks.ts';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { Fault } from '#lib/shared/faults.ts';
import type { Tx } from '#server/database/actor.ts';
import type { Act } from './act.ts';
import { tell } from './checks/tell.ts';

export { answerArrived, arrived, fail, type Answering } from './checks/arrival.ts';
export { next, rest, type Running } from './checks/queue.ts';
export { sent, type Tried } from './checks/sending.ts';

/** Checks an account: a mail to itself goes out by the outbox; the mail side does the rest. One that runs already is the answer. */
export async function ask(act: Act, { account }: Command<'account.check'>) {
  const { actor } = act;
  const memberId = actor.kind === 'member' ? actor.memberId : null;
  const [known] = await act.sql`select id from lotse.mail_accounts where id = ${account} and archived_at is null`;
  if (!known) throw new AppError('account.notFound');
  const row = { id: randomUUID(), workspaceId: actor.workspaceId, accountId: account, memberId };
  const [asked] = await act.sql`
    insert into lotse.account_checks ${act.sql(row)}
    on conflict (account_id) where state = 'running' do nothing
    returning id
  `;
  if (!asked) return { check: await running(act, account) };
  await act.system(
    (sql) => sql`
    insert into lotse.outgoing_mails (workspace_id, kind, account_id, check_id, check_step, language, to_address)
    select a.workspace_id, 'check', a.id, ${row.id}, 'first', w.language, a.address
    from lotse.mail_accounts a
    join lotse.workspaces w on w.id = a.workspace_id
    where a.id = ${account}
  `,
  );
  tell(act, { id: row.id, accountId: account }, 'queued');
  return { check: row.id };
}

async function running({ sql }: Act, account: string): Promise<string> {
  const [check] = await sql<{ id: string }[]>`
    select id from lotse.account_checks where account_id = ${account} and state = 'running'
  `;
  // It ended in this very moment: whoever asks again gets a new one.
  if (!check) throw new Fault('busy');
  return check.id;
}

/** The latest of an account; null for none, and for who does not administer. */
export async function latestCheck({ sql }: Tx, account: string): Promise<Check | null> {
  const [check] = await sql<Check[]>`
    select id, state, failure, response, folder, created_at, sent_at, arrived_at, answered_at, found_at, ended_at
    from lotse.account_checks
    where account_id = ${account}
    order by created_at desc
    limit 1
  `;
  return check ?? null;
}
