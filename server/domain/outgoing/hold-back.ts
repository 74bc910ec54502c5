import { asSystem } from '#server/database/actor.ts';
import { act as perform, type Act } from '../act.ts';

/**
 * A message whose mail waits to be taken back is not the customer's to see before: `shown_at`, by which his policies go and until when the
 * mail waits. False where nobody gets a mail or the workspace wants no delay.
 */
export async function holdBack(act: Act, message: string): Promise<boolean> {
  const held = await act.system(
    (sql) => sql`
    update lotse.messages m
    set shown_at = now() + make_interval(secs => w.undo_seconds), is_told = false
    from lotse.workspaces w
    where m.id = ${message} and w.id = m.workspace_id and w.undo_seconds > 0
      and exists (
        select from lotse.tickets t
        join lotse.ticket_customers tc on tc.ticket_id = t.id and tc.verified
        join lotse.contact_addresses a on a.contact_id = tc.contact_id and a.is_primary
        where t.id = m.ticket_id and t.visibility = 'public'
      )
    returning m.id
  `,
  );
  return held.length > 0;
}

type Shown = { id: string; ticketId: string; kind: 'message' };

/** After a stop many may be due at once: the next round has the rest, and chance keeps none at the end for good. */
const most = { workspaces: 100, messages: 200 };

/**
 * Tells the customers' pages of messages that may be shown since a moment; false when there was none. Trouble in one workspace, as
 * where its writers wait for a lock, keeps no other waiting: it is thrown at the end.
 */
export async function showDue(): Promise<boolean> {
  const due = await asSystem(
    null,
    ({ sql }) => sql<{ workspaceId: string }[]>`
    select workspace_id from lotse.messages
    where not is_told and withdrawn_at is null and private.is_shown(shown_at)
    group by workspace_id
    order by random()
    limit ${most.workspaces}
  `,
  );
  const outcomes = await Promise.allSettled(due.map(({ workspaceId }) => showIn(workspaceId)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return due.length > 0;
}

async function showIn(workspaceId: string): Promise<void> {
  await perform({ kind: 'system', workspaceId }, async (act) => {
    const shown = await act.sql<Shown[]>`
      update lotse.messages set is_told = true
      where id in (
        select id from lotse.messages
        where workspace_id = ${workspaceId} and not is_told and private.is_shown(shown_at) and withdrawn_at is null
        order by shown_at
        limit ${most.messages}
      )
        -- Once more: another process may have told of it meanwhile, or its writer withdrawn it.
        and not is_told and withdrawn_at is null
      returning id, ticket_id, kind
    `;
    for (const { id, ticketId: ticket, kind } of shown) {
      const data = { message: id, kind, visibility: 'public' as const, channel: 'app' as const, machine: '' };
      act.record({ type: 'message.posted', ticket, data, customer: { message: id, kind }, isForCustomerOnly: true });
    }
  });
}
