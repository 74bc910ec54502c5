import type postgres from 'postgres';
import type { TransactionSql } from '#server/database/pool.ts';

export type Written = {
  type: string;
  at: string;
  /** Null: the system. */
  by: { member?: string | null; contact?: string | null } | null;
  data: Record<string, unknown>;
};

type Ledger = { workspaceId: string; ticketId: string; isPublic: boolean; events: Written[] };

/** The events of a planted ticket, in the order of their times, which the ledger's own default would put at now. */
export async function write(sql: TransactionSql, { workspaceId, ticketId, isPublic, events }: Ledger): Promise<void> {
  const inOrder = events.toSorted((a, b) => a.at.localeCompare(b.at));
  for (const { type, at, by, data } of inOrder) {
    const kind = by?.member ? 'member' : by?.contact ? 'contact' : 'system';
    const row = { class: 'staff', type, kind, member: by?.member, contact: by?.contact, at };
    await append(row, data);
    const isTold = isPublic && !(type === 'message.posted' && data['visibility'] === 'internal');
    if (isTold) await append({ ...row, class: 'customer' }, toldOf(type, data));
  }

  type Row = {
    class: string;
    type: string;
    kind: string;
    member?: string | null | undefined;
    contact?: string | null | undefined;
    at: string;
  };

  async function append(row: Row, told: Record<string, unknown>): Promise<void> {
    await sql`
      insert into lotse.events (
        workspace_id, class, type, ticket_id, actor_kind, actor_member_id, actor_contact_id, audience, payload, created_at
      )
      select
        ${workspaceId}, ${row.class}, ${row.type}, t.id, ${row.kind}, ${row.member ?? null}, ${row.contact ?? null},
        case when ${row.class === 'customer'} then array['customer:' || t.id] else t.audience end,
        case when ${row.class === 'customer'} then '{}'::jsonb else jsonb_build_object('card', private.card(t)) end
          || jsonb_build_object('data', ${sql.json(told as postgres.JSONValue)}::jsonb),
        ${row.at}
      from lotse.tickets t
      where t.id = ${ticketId}
    `;
  }
}

/** What a customer's own ledger says of it, as the verbs write it. */
function toldOf(type: string, data: Record<string, unknown>): Record<string, unknown> {
  if (type === 'message.posted') return { message: data['message'], kind: data['kind'] };
  return type === 'ticket.claimed' ? { status: 'assigned' } : {};
}
