import { asSystem } from '#server/database/actor.ts';

export type Running = {
  id: string;
  workspaceId: string;
  accountId: string;
  /** What it waits for. */
  waitsFor: 'sending' | 'first' | 'answering' | 'answer';
  /** Since the step before. */
  waitedMs: number;
  createdAt: string;
  /** Of the mail under way; '' where there is none. */
  mailState: string;
  response: string;
  isGone: boolean;
};

/** A process that dies while it looks leaves the check to the others after this long; looking is bounded below that. */
const leaseSeconds = 90;

/** The check that waits longest for a look, for this process alone; null when there is none. */
export async function next(): Promise<Running | null> {
  const [check] = await asSystem(
    null,
    ({ sql }) => sql<Running[]>`
    with due as (
      select id
      from lotse.account_checks
      where state = 'running'
        -- Later than any wait of ours: the clock was put back since.
        and (next_look_at <= now() or next_look_at > now() + make_interval(secs => ${2 * leaseSeconds}))
      order by next_look_at
      limit 1
      for update skip locked
    )
    update lotse.account_checks c
    set next_look_at = now() + make_interval(secs => ${leaseSeconds})
    from due
    where c.id = due.id
    returning
      c.id, c.workspace_id, c.account_id, c.created_at, c.response,
      case
        when c.sent_at is null then 'sending' when c.arrived_at is null then 'first'
        when c.answered_at is null then 'answering' else 'answer'
      end as waits_for,
      extract(epoch from now() - coalesce(c.answered_at, c.arrived_at, c.sent_at, c.created_at))::float8 * 1000 as waited_ms,
      coalesce((
        select o.state from lotse.outgoing_mails o
        where o.workspace_id = c.workspace_id and o.check_id = c.id
          and o.check_step = case when c.arrived_at is null then 'first' else 'answer' end
      ), '') as mail_state,
      exists (select from lotse.mail_accounts a where a.id = c.account_id and a.archived_at is not null) as is_gone
  `,
  );
  return check ?? null;
}

/** When to look again, unless something happens before. */
export async function rest(id: string, ms: number): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.account_checks set next_look_at = now() + make_interval(secs => ${ms / 1000}) where id = ${id} and state = 'running'
  `,
  );
}
