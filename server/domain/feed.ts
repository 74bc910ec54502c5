import type { Card } from '#lib/shared/board.ts';
import { asSystem } from '#server/database/actor.ts';

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

/** What follows on a cursor, in order. A seq once seen has all lower ones before it: they are stamped at commit, one by one. */
export function eventsAfter({ workspaceId, after, upTo, most }: Range): Promise<LedgerRow[]> {
  return asSystem(
    workspaceId,
    ({ sql }) => sql<LedgerRow[]>`
      select
        e.seq, e.class, e.customer_seq, e.type, e.ticket_id, e.actor_kind, e.actor_member_id, e.actor_contact_id, e.command_id,
        e.audience, e.payload, e.created_at,
        t.subject, t.audience as present_audience,
        c.name as contact_name
      from lotse.events e
      left join lotse.tickets t on t.workspace_id = e.workspace_id and t.id = e.ticket_id
      left join lotse.contacts c
        on c.workspace_id = e.workspace_id
        and c.id = case
          when e.type = 'contact.changed' then e.payload #>> '{data,contact}'
          else e.payload #>> '{card,requester}'
        end::uuid
      where e.workspace_id = ${workspaceId}
        and e.seq > ${after}
        and e.seq <= ${upTo ?? Number.MAX_SAFE_INTEGER}
      order by e.seq
      limit ${most}
    `,
    { readOnly: true },
  );
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
