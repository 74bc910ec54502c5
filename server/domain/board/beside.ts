import type { Group, Person, Pool } from '#lib/shared/board.ts';
import { asMember } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import type { Viewing } from '../board.ts';

/** What stands beside the cards, as of now: a pool's new name must not make a thousand screens read their cards anew. */
export function besideNow(member: Viewing) {
  return asMember(
    member,
    async ({ sql, system }) => {
      const beside = await besideCards(sql);
      const seq = await system((asSystem) => seqOf(asSystem, member.workspaceId));
      return { seq, ...beside };
    },
    { repeatable: true, readOnly: true },
  );
}

/** What stands beside the cards of a board: the names behind their ids, and what makes columns of them. */
export async function besideCards(sql: TransactionSql): Promise<{ pools: Pool[]; people: Person[]; groups: Group[] }> {
  const [pools, people, groups] = await Promise.all([
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
  return { pools, people, groups };
}

/** Of which event on a snapshot is: read as the system, which alone sees the counter. */
export async function seqOf(sql: TransactionSql, workspaceId: string): Promise<number> {
  const [row] = await sql<{ seq: number }[]>`
    select event_seq as seq from lotse.workspace_counters where workspace_id = ${workspaceId}
  `;
  return row?.seq ?? 0;
}
