import type { Act } from '../act.ts';

/** What was decided about a mail. A ticket's mail is seen with the ticket. */
export type Filed = {
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

export async function ignore(
  act: Act,
  mailId: string,
  { reason, duplicateOfId = null }: { reason: string; duplicateOfId?: string | null },
) {
  await act.sql`
    update lotse.mails set state = 'ignored', reason = ${reason}, duplicate_of_id = ${duplicateOfId}
    where id = ${mailId} and state in ('stored', 'parsed', 'threaded')
  `;
}

/**
 * The earlier mail of the same account with the same bytes. Never the Message-ID alone: scanners and shops use ids again,
 * and an outsider must not be able to suppress a mail by sending its id first.
 */
export async function duplicateOf(
  act: Act,
  mail: { id: string; accountId: string; sha256: string; receivedAt: string },
): Promise<string | null> {
  const [earlier] = await act.sql<{ id: string }[]>`
    select id
    from lotse.mails
    where account_id = ${mail.accountId}
      and sha256 = ${mail.sha256}
      and id <> ${mail.id}
      and (received_at, id) < (${mail.receivedAt}, ${mail.id})
    order by received_at, id
    limit 1
  `;
  return earlier?.id ?? null;
}
