import type { MailReason } from '#lib/shared/reasons.ts';
import type { Act } from '../act.ts';

/** What the ledger shows of a mail that could be read. */
export type Meta = {
  messageId: string;
  fromAddress: string;
  fromName: string;
  subject: string;
  verdicts: string[];
  sentAt: string | null;
  /** As Outlook wrote them; '' where it did not. */
  threadIndex: string;
  threadTopic: string;
  /** Of the filters that had a say. */
  filterNames?: string[];
  /** Whole milliseconds by step: `wait`, `read`, `place`, `file`. */
  spent?: Record<string, number>;
};

/** What was decided about a mail. A ticket's mail is seen with the ticket. */
export type Filed = Meta & {
  reason: MailReason;
  ticketId?: string | null;
  ticketMessageId?: string | null;
  maybeTicketId?: string | null;
};

/** The end of a mail's walk, in the transaction of what it caused. False when another worker was there first. */
export async function file(act: Act, mailId: string, filed: Filed): Promise<boolean> {
  const row = { ticketId: null, ticketMessageId: null, maybeTicketId: null, ...filed, state: 'filed' };
  const { spent, ...rest } = row;
  const done = await act.sql`
    update lotse.mails set ${act.sql({ ...rest, spent: act.sql.json(spent ?? {}) })}, ended_at = clock_timestamp()
    where id = ${mailId} and state in ('stored', 'parsed', 'threaded')
    returning id
  `;
  return done.length > 0;
}

type Ignored = Meta & { reason: MailReason; duplicateOfId?: string };

/** As for `file`. */
export async function ignore(act: Act, mailId: string, ignored: Ignored): Promise<boolean> {
  const row = { ...ignored, spent: act.sql.json(ignored.spent ?? {}), state: 'ignored' };
  const done = await act.sql`
    update lotse.mails set ${act.sql(row)}, ended_at = clock_timestamp()
    where id = ${mailId} and state in ('stored', 'parsed', 'threaded')
    returning id
  `;
  return done.length > 0;
}

/**
 * For each that has one, the earlier mail of the same account with the same bytes. Never the Message-ID alone: scanners and shops use ids again,
 * and an outsider must not be able to suppress a mail by sending its id first.
 */
export async function duplicatesOf(act: Act, mailIds: string[]): Promise<Map<string, string>> {
  const rows = await act.sql<{ id: string; earlierId: string }[]>`
    select m.id, earlier.id as earlier_id
    from lotse.mails m
    cross join lateral (
      select e.id
      from lotse.mails e
      where e.account_id = m.account_id and e.sha256 = m.sha256 and (e.received_at, e.id) < (m.received_at, m.id)
      order by e.received_at, e.id
      limit 1
    ) earlier
    where m.id = any (${mailIds}::uuid[])
  `;
  return new Map(rows.map(({ id, earlierId }) => [id, earlierId]));
}
