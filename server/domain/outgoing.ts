import type { Occasion } from '#lib/shared/templates.ts';
import type { Act } from './act.ts';

import { mayBeAnswered } from './outgoing/limits.ts';

export { cancel, note, retry } from './outgoing/by-hand.ts';
export { holdBack, showDue } from './outgoing/hold-back.ts';
export { hadEnoughConfirmations } from './outgoing/limits.ts';
export { smtpPasswordPurpose } from './outgoing/context.ts';
export { noticeFor, queueNotice } from './outgoing/notice.ts';
export { endOvertaken, unknownMinutes } from './outgoing/overtaken.ts';
export { keepBytes, offer, sendingMinutes, take, type Built, type Due } from './outgoing/queue.ts';
export { letIn, refused } from './outgoing/refused.ts';
export { keepRuled, type Ruled } from './outgoing/ruled.ts';
export { decideUnsure, takeUnsure, type Unsure } from './outgoing/unsure.ts';
export { noteReport, noteReportElsewhere, type Report } from './outgoing/report.ts';
export { settle, type Outcome, type Settled } from './outgoing/settle.ts';

/** Nobody wrote them: a machine that answers one would get the next. */
const automatic: ReadonlySet<string> = new Set(['confirmation', 'notice']);
export const isAutomatic = (kind: string) => automatic.has(kind);

type Queue = {
  kind: Occasion;
  ticket: string;
  message: string | null;
  /** What was said so far goes along, where the template has a place for it. */
  history?: boolean;
};

/**
 * One row for each verified customer with an address, in the transaction of what it tells of; each gets a link of his
 * own. The mail itself is built and sent later (server/mail/outbox.ts), read as that link's holder. Internal tickets
 * queue nothing.
 */
export async function queueForCustomers(act: Act, { kind, ticket, message, history = true }: Queue): Promise<void> {
  const queued = await act.system(async (sql) => {
    await sql`
      insert into lotse.ticket_links (workspace_id, ticket_id, contact_id)
      select tc.workspace_id, tc.ticket_id, tc.contact_id
      from lotse.ticket_customers tc
      where tc.ticket_id = ${ticket} and tc.verified
      -- Who is still written to keeps his link; one that was taken back stays worthless, and this mail brings another.
      on conflict (ticket_id, contact_id) do update
      set
        generation = lotse.ticket_links.generation + (lotse.ticket_links.revoked_at is not null)::int,
        revoked_at = null,
        expires_at = excluded.expires_at
    `;
    return sql<{ id: string }[]>`
      insert into lotse.outgoing_mails (
        workspace_id, kind, account_id, ticket_id, contact_id, ticket_message_id, input, language, to_address, next_attempt_at
      )
      select
        t.workspace_id, ${kind}, private.account_of(t.id), t.id, c.id, ${message}, ${sql.json({ history })}, c.language, a.address,
        -- Not before the customer may be shown it.
        coalesce(said.shown_at, now())
      from lotse.tickets t
      left join lotse.messages said on said.id = ${message}
      join lotse.ticket_customers tc on tc.ticket_id = t.id and tc.verified
      join lotse.contacts c on c.id = tc.contact_id
      join lotse.contact_addresses a on a.contact_id = c.id and a.is_primary
      where t.id = ${ticket} and t.visibility = 'public' ${isAutomatic(kind) ? mayBeAnswered(sql, ticket) : sql``}
      on conflict do nothing
      returning id
    `;
  });
  for (const { id } of queued) {
    act.record({ type: 'mail.queued', ticket, data: { mail: id, message, state: 'queued' } });
  }
}

/** What has not left yet does not leave. */
export async function cancelForMessage(act: Act, message: string): Promise<void> {
  await act.system(
    (sql) => sql`
    update lotse.outgoing_mails
    set state = 'cancelled'
    where (state in ('queued', 'held') or (state = 'sending' and offered_at is null))
      and (
        ticket_message_id = ${message}
        or consultation_id in (select c.id from lotse.consultations c where c.message_id = ${message})
      )
  `,
  );
}
