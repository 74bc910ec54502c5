import type { CheckFailure } from '#lib/shared/checks.ts';
import type { Act } from '../act.ts';
import { tell } from './tell.ts';

/** What a customer's mail program would write to, and after which mails. */
export type Answering = { to: string; inReplyTo: string | null; references: string[] };

/**
 * The first mail of a check came: it is answered at once, by the outbox, as a customer would answer it. Null where it came without an
 * address of ours to answer to. Nothing happens for a check that is over, or was here before.
 */
export async function arrived(act: Act, id: string, answering: Answering | null): Promise<void> {
  const [check] = await act.sql<{ id: string; accountId: string }[]>`
    update lotse.account_checks
    set arrived_at = now(), sent_at = coalesce(sent_at, now()), response = '', next_look_at = now()
    where id = ${id} and state = 'running' and arrived_at is null
    returning id, account_id
  `;
  if (!check) return;
  tell(act, check, 'arrived');
  if (!answering) return fail(act, id, { failure: 'answer.noAddress' });
  const { to, ...input } = answering;
  await act.sql`
    insert into lotse.outgoing_mails (workspace_id, kind, account_id, check_id, check_step, language, to_address, input)
    select a.workspace_id, 'check', a.id, ${id}, 'answer', w.language, ${to}, ${act.sql.json(input)}
    from lotse.mail_accounts a
    join lotse.workspaces w on w.id = a.workspace_id
    where a.id = ${check.accountId}
    on conflict do nothing
  `;
}

/** The answer came; `isFound`: it says which ticket it answers. */
export async function answerArrived(act: Act, id: string, isFound: boolean): Promise<void> {
  if (!isFound) return fail(act, id, { failure: 'answer.tokenLost' });
  const [check] = await act.sql<{ id: string; accountId: string }[]>`
    update lotse.account_checks
    set found_at = now(), answered_at = coalesce(answered_at, now()), ended_at = now(), state = 'passed', response = ''
    where id = ${id} and state = 'running' and arrived_at is not null
    returning id, account_id
  `;
  if (check) tell(act, check, 'found');
}

type Failed = { failure: CheckFailure; response?: string; folder?: string };

/** Ends a check; what of its mails still waits does not leave any more. */
export async function fail(act: Act, id: string, { failure, response = '', folder = '' }: Failed): Promise<void> {
  const [check] = await act.sql<{ id: string; accountId: string }[]>`
    update lotse.account_checks
    set
      state = 'failed', failure = ${failure}, ended_at = now(), folder = ${folder.slice(0, 500)},
      response = coalesce(nullif(${response.slice(0, 1000)}, ''), response)
    where id = ${id} and state = 'running'
    returning id, account_id
  `;
  if (!check) return;
  await act.sql`
    update lotse.outgoing_mails set state = 'cancelled' where check_id = ${id} and state in ('queued', 'held', 'unknown')
  `;
  tell(act, check, 'failed');
}
