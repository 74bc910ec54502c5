import type { Act } from '../act.ts';

export type ThreadTicket = { ticketId: string; isClosed: boolean; isCustomer: boolean };

type Where = { ticketId: string } | { number: number } | { accountId: string; messageId: string };

/**
 * The ticket of this workspace that a hint of a mail names, and whether the sender is one of its verified customers.
 * A foreign Message-ID counts within the account that it came through only.
 */
export async function ticketOf(act: Act, where: Where, senderAddress: string): Promise<ThreadTicket | null> {
  const { sql } = act;
  const named =
    'ticketId' in where
      ? sql`t.id = ${where.ticketId}`
      : 'number' in where
        ? sql`t.number = ${where.number}`
        : sql`t.id = (
            select m.ticket_id
            from lotse.mails m
            where m.workspace_id = ${act.actor.workspaceId}
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
      exists (
        select
        from lotse.ticket_customers tc
        join lotse.contact_addresses a on a.contact_id = tc.contact_id
        where tc.ticket_id = t.id and tc.verified and a.address = ${senderAddress}
      ) as is_customer
    from lotse.tickets t
    where t.workspace_id = ${act.actor.workspaceId} and ${named}
  `;
  return ticket ?? null;
}

/** Every address of this workspace's accounts, archived ones too: mail from them is no customer's. */
export async function ownAddresses(act: Act): Promise<string[]> {
  const rows = await act.sql<{ address: string }[]>`
    select address from lotse.mail_accounts where workspace_id = ${act.actor.workspaceId}
  `;
  return rows.map((row) => row.address);
}
