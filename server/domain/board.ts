import type { Card, Snapshot } from '#lib/shared/board.ts';
import { asMember } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import { besideCards, seqOf } from './board/beside.ts';

export type Viewing = { workspaceId: string; memberId: string };

/**
 * What this member may see of the workspace now, at one go: for boards of common size. Large ones come in parts
 * (board/opening.ts, board/parts.ts). Cards come in the order of their creation.
 */
export function snapshot(member: Viewing): Promise<Snapshot> {
  return asMember(
    member,
    async ({ sql, system }) => {
      // One connection sends them in one go; the transaction gives all of them the same view.
      const [beside, cards, reads] = await Promise.all([besideCards(sql), cardsOf(sql), readsOf(sql)]);
      const seq = await system((asSystem) => seqOf(asSystem, member.workspaceId));
      return { seq, cards, reads, ...beside };
    },
    { repeatable: true, readOnly: true },
  );
}

/** A card as the columns of a select, over `lotse.tickets t` and its requester `lotse.contacts c`. */
export function cardColumns(sql: TransactionSql) {
  return sql`
    t.id, t.number, t.pool_id as pool, t.status, t.visibility, t.priority, t.channel, t.tags, t.requester_id as requester,
    t.responsible_member_id as member, t.responsible_group_id as group, t.owner_ids as owners, t.due_at as due,
    private.deferral(t.deferred_until) as deferred,
    t.created_at as created, t.waiting_since as waiting, t.last_customer_at as last_customer, t.last_message_at as last_message,
    t.subject, coalesce(c.name, '') as customer
  `;
}

function cardsOf(sql: TransactionSql) {
  return sql<Card[]>`
    select ${cardColumns(sql)}
    from lotse.tickets t
    left join lotse.contacts c on c.id = t.requester_id
    where t.status not in ('closed', 'cancelled')
    order by t.created_at, t.id
  `;
}

async function readsOf(sql: TransactionSql): Promise<[string, string][]> {
  const rows = await sql<{ ticketId: string; readAt: string }[]>`
    select r.ticket_id, r.read_at
    from lotse.ticket_reads r
    left join lotse.tickets t on t.id = r.ticket_id
    where t.status not in ('closed', 'cancelled')
      -- A ticket that was read comes back as read, reopened or moved here again.
      or r.read_at > now() - interval '30 days'
  `;
  return rows.map((row) => [row.ticketId, row.readAt]);
}
