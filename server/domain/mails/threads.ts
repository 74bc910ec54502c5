import type { Tx } from '#server/database/actor.ts';

export type ThreadTicket = {
  ticketId: string;
  isClosed: boolean;
  /** Who the sender's address belongs to; a member who is also the ticket's customer writes as that. */
  sender: 'customer' | 'agent' | 'stranger';
  /** The member with the sender's address. */
  memberId: string | null;
};

type Where = { ticketId: string } | { number: number } | { accountId: string; messageId: string };

/**
 * The ticket of this workspace that a hint of a mail names, and what the sender is to it.
 * A foreign Message-ID counts within the account that it came through only.
 */
export async function ticketOf(tx: Tx, where: Where, senderAddress: string): Promise<ThreadTicket | null> {
  const { sql, actor } = tx;
  const named =
    'ticketId' in where
      ? sql`t.id = ${where.ticketId}`
      : 'number' in where
        ? sql`t.number = ${where.number}`
        : sql`t.id = (
            select m.ticket_id
            from lotse.mails m
            where m.workspace_id = ${actor.workspaceId}
              and m.account_id = ${where.accountId}
              and m.message_id = ${where.messageId}
              and m.ticket_id is not null
            order by m.received_at desc
            limit 1
          )`;
  const [ticket] = await sql<ThreadTicket[]>`
    select
      t.id as ticket_id,
      t.closed_at is not null as is_closed,
      case
        when exists (
          select
          from lotse.ticket_customers tc
          join lotse.contact_addresses a on a.contact_id = tc.contact_id
          where tc.ticket_id = t.id and tc.verified and a.address = ${senderAddress}
        ) then 'customer'
        when exists (
          select
          from lotse.members p
          where p.workspace_id = t.workspace_id and lower(p.email) = ${senderAddress} and p.deactivated_at is null
        ) then 'agent'
        else 'stranger'
      end as sender,
      (
        select p.id from lotse.members p
        where p.workspace_id = t.workspace_id and lower(p.email) = ${senderAddress} and p.deactivated_at is null
        limit 1
      ) as member_id
    from lotse.tickets t
    where t.workspace_id = ${actor.workspaceId} and ${named}
  `;
  return ticket ?? null;
}

type Answer = { mailId: string; messageId: string };

/**
 * Of mails that answer others, those whose other came before and is not filed yet: they wait for it, or a thread that came at
 * once would become a ticket for each of its mails. One that was tried before keeps nobody waiting.
 */
export async function waiting({ sql }: Tx, answers: Answer[]): Promise<Set<string>> {
  if (answers.length === 0) return new Set();
  const rows = await sql<{ id: string }[]>`
    select distinct m.id
    from unnest(${answers.map(({ mailId }) => mailId)}::uuid[], ${answers.map(({ messageId }) => messageId)}::text[])
      as a (mail_id, message_id)
    join lotse.mails m on m.id = a.mail_id
    join lotse.mails e on e.account_id = m.account_id
      and e.message_id = a.message_id
      and e.message_id <> ''
      and e.state in ('stored', 'parsed', 'threaded')
      and e.attempts <= 1
      and (e.received_at, e.id) < (m.received_at, m.id)
  `;
  return new Set(rows.map(({ id }) => id));
}
