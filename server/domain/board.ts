import type { Card, Group, Person, Pool, Snapshot } from '#lib/shared/board.ts';
import { asMember } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';

export type { Group, Person, Pool, Snapshot };

/** What this member may see of the workspace now. Cards come in the order of their creation. */
export function snapshot(member: { workspaceId: string; memberId: string }): Promise<Snapshot> {
  return asMember(
    member,
    async ({ sql, system }) => {
      // One connection sends them in one go; the transaction gives all of them the same view.
      const [cards, reads, pools, people, groups] = await Promise.all([
        cardsOf(sql),
        sql<{ ticketId: string; readAt: string }[]>`
          select r.ticket_id, r.read_at
          from lotse.ticket_reads r
          left join lotse.tickets t on t.id = r.ticket_id
          where t.status not in ('closed', 'cancelled')
            -- A ticket that was read comes back as read, reopened or moved here again.
            or r.read_at > now() - interval '30 days'
        `,
        sql<Pool[]>`
          select
            id, parent_id as parent, name, position, archived_at is not null as is_archived,
            id = any ((select private.pools())::uuid[]) as is_mine, claim_before_work
          from lotse.pools
          order by position, id
        `,
        sql<Person[]>`
          select id, name, role, deactivated_at is null as is_active
          from lotse.members
          order by name collate "de-x-icu", id
        `,
        sql<Group[]>`
          select
            g.id, g.name,
            coalesce((select array_agg(gm.member_id) from lotse.group_members gm where gm.group_id = g.id), '{}') as members
          from lotse.groups g
          where g.archived_at is null
          order by g.name collate "de-x-icu", g.id
        `,
      ]);
      const seq = await system((asSystem) => seqOf(asSystem, member.workspaceId));
      return { seq, cards, reads: reads.map((row) => [row.ticketId, row.readAt]), pools, people, groups };
    },
    { repeatable: true, readOnly: true },
  );
}

function cardsOf(sql: TransactionSql) {
  return sql<Card[]>`
    select
      t.id, t.number, t.pool_id as pool, t.status, t.visibility, t.priority, t.channel, t.tags, t.requester_id as requester,
      t.responsible_member_id as member, t.responsible_group_id as group, t.owner_ids as owners, t.due_at as due,
      t.created_at as created, t.waiting_since as waiting, t.last_customer_at as last_customer, t.last_message_at as last_message,
      t.subject, coalesce(c.name, '') as customer
    from lotse.tickets t
    left join lotse.contacts c on c.id = t.requester_id
    where t.status not in ('closed', 'cancelled')
    order by t.created_at, t.id
  `;
}

async function seqOf(sql: TransactionSql, workspaceId: string): Promise<number> {
  const [row] = await sql<{ seq: number }[]>`
    select event_seq as seq from lotse.workspace_counters where workspace_id = ${workspaceId}
  `;
  return row?.seq ?? 0;
}
