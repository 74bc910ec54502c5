import type { Act } from '../act.ts';

/** What the ledger shows of a mail that could be read. */
export type Meta = {
  messageId: string;
  fromAddress: string;
  fromName: string;
  subject: string;
  verdicts: string[];
  sentAt: string | null;
};

/** What was decided about a mail. A ticket's mail is seen with the ticket. */
export type Filed = Meta & {
  /** A code, see the column's comment in the migration. */
  reason: string;
  ticketId?: string | null;
  ticketMessageId?: string | null;
  maybeTicketId?: string | null;
};

/** The end of a mail's walk, in the transaction of what it caused. False when another worker was there first. */
export async function file(act: Act, mailId: string, filed: Filed): Promise<boolean> {
  const row = { ticketId: null, ticketMessageId: null, maybeTicketId: null, ...filed, state: 'filed' };
  const done = await act.sql`
    update lotse.mails set ${act.sql(row)}
    where id = ${mailId} and state in ('stored', 'parsed', 'threaded')
    returning id
  `;
  return done.length > 0;
}

export async function ignore(act: Act, mailId: string, ignored: Meta & { reason: string; duplicateOfId?: string }) {
  await act.sql`
    update lotse.mails set ${act.sql({ ...ignored, state: 'ignored' })}
    where id = ${mailId} and state in ('stored', 'parsed', 'threaded')
  `;
}

/**
 * The earlier mail of the same account with the same bytes. Never the Message-ID alone: scanners and shops use ids again,
 * and an outsider must not be able to suppress a mail by sending its id first.
 */
export async function duplicateOf(act: Act, mailId: string): Promise<string | null> {
  const [earlier] = await act.sql<{ id: string }[]>`
    select e.id
    from lotse.mails m
    join lotse.mails e on e.account_id = m.account_id and e.sha256 = m.sha256 and (e.received_at, e.id) < (m.received_at, m.id)
    where m.id = ${mailId}
    order by e.received_at, e.id
    limit 1
  `;
  return earlier?.id ?? null;
}
