import type { Card } from '#lib/shared/board.ts';
import { asSystem } from '#server/database/actor.ts';
import { orFault } from '#server/database/fault.ts';
import { ask } from '#server/database/transaction.ts';

/** A card without its personal text, as the ledger keeps it. */
export type CardCodes = Omit<Card, 'subject' | 'customer'>;

/** A row of the ledger with the text that is joined at delivery, all from one snapshot of the database. */
export type LedgerRow = {
  seq: number;
  class: 'staff' | 'customer';
  customerSeq: number | null;
  type: string;
  ticketId: string | null;
  actorKind: 'member' | 'contact' | 'system';
  actorMemberId: string | null;
  actorContactId: string | null;
  commandId: string | null;
  audience: string[];
  payload: { card?: CardCodes; data?: Record<string, unknown> };
  createdAt: string;
  /** The ticket as it is now, not as of the event. */
  subject: string | null;
  presentAudience: string[] | null;
  /** The name of the card's requester, or of the contact that changed. */
  contactName: string | null;
};

type Range = { workspaceId: string; after: number; upTo?: number; most: number };

/**
 * What follows on a cursor, in order. A seq once seen has all lower ones before it: they are stamped at commit, one by one. It is the
 * server's own reading, done after each event by each process that has viewers: one statement (20261122055200_feed.sql).
 */
export function eventsAfter({ workspaceId, after, upTo, most }: Range): Promise<LedgerRow[]> {
  const rows = ask(
    (sql) => sql<LedgerRow[]>`
      select
        seq, class, customer_seq, type, ticket_id, actor_kind, actor_member_id, actor_contact_id, command_id, audience, payload, created_at,
        subject, present_audience, contact_name
      from private.events_after(${workspaceId}, ${after}, ${upTo ?? Number.MAX_SAFE_INTEGER}, ${most})
    `,
  );
  return orFault(rows);
}

export type CustomerRow = Pick<
  LedgerRow,
  'customerSeq' | 'type' | 'ticketId' | 'actorKind' | 'commandId' | 'payload' | 'createdAt'
>;

/** The public events of one ticket after a cursor of its own counter. */
export function customerEventsAfter({
  workspaceId,
  ticketId,
  after,
  most,
}: {
  workspaceId: string;
  ticketId: string;
  after: number;
  most: number;
}): Promise<CustomerRow[]> {
  return asSystem(
    workspaceId,
    ({ sql }) => sql<CustomerRow[]>`
      select customer_seq, type, ticket_id, actor_kind, command_id, payload, created_at
      from lotse.events
      where ticket_id = ${ticketId} and class = 'customer' and customer_seq > ${after}
      order by customer_seq
      limit ${most}
    `,
    { readOnly: true },
  );
}

/** How far each of these workspaces is; those that no longer exist are missing. */
export async function heads(workspaceIds: string[]): Promise<Map<string, number>> {
  const rows = await asSystem(
    null,
    ({ sql }) => sql<{ workspaceId: string; eventSeq: number }[]>`
      select workspace_id, event_seq from lotse.workspace_counters where workspace_id = any (${workspaceIds}::uuid[])
    `,
    { readOnly: true },
  );
  return new Map(rows.map((row) => [row.workspaceId, row.eventSeq]));
}
