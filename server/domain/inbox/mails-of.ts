import type { Tx } from '#server/database/actor.ts';

/** A mail that came in, where it is looked for: with its sender, or with its ticket. */
export type MailLine = {
  id: string;
  subject: string;
  fromName: string;
  fromAddress: string;
  receivedAt: string;
  state: string;
  reason: string;
  ticket: number | null;
  /** It can be opened in the inbox. */
  isInInbox: boolean;
  hasSource: boolean;
};

type Whose = { ticket: string } | { contact: string };

const most = 100;

/** What came in for a ticket, or from a customer, as far as the reader may see it; newest first. */
export function mailsOf({ sql }: Tx, whose: Whose): Promise<MailLine[]> {
  const wanted =
    'ticket' in whose
      ? sql`m.ticket_id = ${whose.ticket}`
      : sql`m.from_address in (select a.address from lotse.contact_addresses a where a.contact_id = ${whose.contact})`;
  return sql<MailLine[]>`
    select
      m.id, m.subject, m.from_name, coalesce(nullif(m.from_address, ''), m.envelope_from) as from_address, m.received_at,
      m.state, m.reason, t.number as ticket,
      m.asked_at is not null and m.ticket_id is null as is_in_inbox,
      m.raw is not null or m.storage_key is not null as has_source
    from lotse.mails m
    left join lotse.tickets t on t.id = m.ticket_id
    where ${wanted}
    order by m.received_at desc, m.id desc
    limit ${most}
  `;
}
