import type { TransactionSql } from '#server/database/pool.ts';
import type { Act } from '../act.ts';
import { crowdMayBeAnswered } from './crowds.ts';

/**
 * Headers alone do not stop every loop: one confirmation for a customer in ten minutes, five in a day, whatever he or his
 * machine sends and from whichever of his addresses. Counted where confirmations are queued, so no path goes around it.
 */
export async function hadEnoughConfirmations(act: Act, contact: string): Promise<boolean> {
  const [sent] = await act.sql<{ lately: number; today: number }[]>`
    select lately, today from private.confirmations_of(${contact})
  `;
  return (sent?.lately ?? 0) >= 1 || (sent?.today ?? 0) >= 5;
}

/** Over all paths, whatever wrote them: a loop that found a way around every other rule ends here. */
const mostAnHour = 20;
/** So long nothing is written by itself to where a mail of ours proved undeliverable. */
const bouncedDays = 60;
/** Addresses behind which a machine or nobody reads. */
const takesNoAnswers =
  '^(no-?_?reply|do-?not-?reply|mailer-daemon|postmaster|abuse|root|bounces?|listserv|majordomo)([+.-].*)?@';

/**
 * Who may get a mail that nobody wrote, as a condition over `a` (contact_addresses), `c` (contacts) and `t` (tickets). It stands in the
 * one statement by which such mails are queued, so no path goes around it.
 */
export function mayBeAnswered(sql: TransactionSql, ticket: string) {
  return sql`
    and lower(a.address) !~ ${takesNoAnswers}
    -- Our own addresses, former ones and those with a sub-address too.
    and not exists (
      select from lotse.mail_accounts own
      where own.workspace_id = t.workspace_id
        and own.address in (lower(a.address), regexp_replace(lower(a.address), '\\+[^@]*@', '@'))
    )
    and not exists (
      select from lotse.outgoing_mails b
      where b.workspace_id = t.workspace_id and b.to_address = a.address
        and b.bounced_at > now() - make_interval(days => ${bouncedDays})
        -- What came back from where somebody has his mail sent on says nothing of his own address.
        and b.bounced_address in ('', lower(a.address))
    )
    -- He told his provider that such mail is spam. Whom a person writes to is that person's to decide.
    and not exists (
      select from lotse.outgoing_mails b
      where b.workspace_id = t.workspace_id and b.to_address = a.address and b.complained_at is not null
    )
    and (
      select count(*)
      from lotse.outgoing_mails q
      where q.workspace_id = t.workspace_id and q.ticket_id = ${ticket}
        and q.kind in ('confirmation', 'notice') and q.created_at > now() - interval '1 hour'
    ) < ${mostAnHour}
    ${crowdMayBeAnswered(sql)}
    -- The same words twice within an hour: a machine says them.
    and not exists (
      select from lotse.messages said
      join lotse.messages again
        on again.workspace_id = said.workspace_id and again.author_contact_id = said.author_contact_id
        and again.id <> said.id and again.body_text = said.body_text
        and again.created_at > now() - interval '1 hour'
      where said.workspace_id = t.workspace_id and said.ticket_id = ${ticket} and said.author_contact_id = c.id
        and said.created_at > now() - interval '1 hour'
    )
  `;
}
