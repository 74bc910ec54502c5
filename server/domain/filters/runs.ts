import { z } from 'zod';
import { action, type Action } from '#lib/shared/filter-actions.ts';
import type { Ran } from '#lib/shared/filter-runs.ts';
import { asSystem, type Tx } from '#server/database/actor.ts';
import type { Act } from '../act.ts';

/** What rules of one person want done about a mail. */
export type Asked = { memberId: string; names: string[]; actions: Action[] };

export type FilterRun = Omit<Asked, 'actions'> & {
  id: string;
  workspaceId: string;
  mailId: string | null;
  outgoingMailId: string | null;
  /** Null where an older or newer build wrote them otherwise. */
  actions: Action[] | null;
};

type About = { mailId: string } | { outgoingMailId: string };

/** Noted in the transaction that files the mail; done in the person's name afterwards, once, whatever crashes between. */
export async function asked(act: Act, about: About, all: Asked[]): Promise<void> {
  for (const { actions, ...each } of all) {
    const row = { workspaceId: act.actor.workspaceId, ...about, ...each, actions: act.sql.json(actions) };
    await act.sql`insert into lotse.filter_runs ${act.sql(row)} on conflict do nothing`;
  }
}

/** Longer than what a filter itself may hold: several of one person may have met. */
const stored = z.array(action).max(200);

/** The oldest that waits. Two workers may meet at it: whatever it asks for is done by one of them (settle.ts). */
export async function nextRun(): Promise<FilterRun | null> {
  const [run] = await asSystem(
    null,
    ({ sql }) => sql<FilterRun[]>`
    select id, workspace_id, member_id, mail_id, outgoing_mail_id, names, actions
    from lotse.filter_runs
    where state = 'asked'
    order by created_at
    limit 1
  `,
  );
  if (!run) return null;
  return { ...run, actions: stored.safeParse(run.actions).data ?? null };
}

/** So long they are shown, and a mail that is filed anew asks for nothing a second time. */
export const runDays = 30;
const mostShown = 30;

/** What the reader's own rules did, the latest first. */
export function lately({ sql }: Tx): Promise<Ran[]> {
  return sql<Ran[]>`
    select
      r.id, r.names, r.state, r.reason, coalesce(m.subject, o.subject, '') as subject,
      coalesce(nullif(m.from_name, ''), m.from_address, o.to_address, '') as person, t.number as ticket, r.created_at as at
    from lotse.filter_runs r
    left join lotse.mails m on m.id = r.mail_id
    left join lotse.outgoing_mails o on o.id = r.outgoing_mail_id
    left join lotse.tickets t on t.id = coalesce(m.ticket_id, o.ticket_id)
    order by r.created_at desc, r.id
    limit ${mostShown}
  `;
}
