import { z } from 'zod';
import { actions, type Direction, type Scope } from '#lib/shared/filter-actions.ts';
import { conditions, type Filter, type FilterSetting } from '#lib/shared/filters.ts';
import { asSystem, type Tx } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';

/** A filter as the mail side follows it. */
export type Rule = Filter & { id: string; isActive: boolean; memberId: string | null };

/** Of each direction. A person's own are looked at for everybody's mail. */
export const mostFilters = { team: 100, mine: 20 };
const mostRules = 2_000;
const stored = z.object({ conditions, actions });

/** The workspace's, for administrators, or the reader's own; in their order. */
export async function filters({ sql }: Tx, { direction, isMine }: Scope): Promise<FilterSetting[]> {
  const rows = await sql<FilterSetting[]>`
    select id, name, joins, conditions, actions, stops, is_active, direction
    from lotse.filters
    where direction = ${direction} and (member_id is not null) = ${isMine}
    order by position, created_at, id
    limit ${mostFilters[isMine ? 'mine' : 'team']}
  `;
  return rows.flatMap(readable);
}

/** Those that are live, the workspace's (`memberId` null) and of people who still belong to it. */
export function activeFilters(workspaceId: string, direction: Direction): Promise<Rule[]> {
  return asSystem(workspaceId, ({ sql }) => rulesFor(sql, { workspaceId, direction, also: null }), { readOnly: true });
}

type Wanted = { workspaceId: string; direction: Direction; /** One that is tried, live or not. */ also: string | null };

/**
 * What names a pool that is gone by now says nothing: the mail must not fail for it, and goes where it would go otherwise.
 */
export async function rulesFor(sql: TransactionSql, { workspaceId, direction, also }: Wanted): Promise<Rule[]> {
  const rows = await sql<(Rule & { pools: string[] })[]>`
    select f.id, f.name, f.joins, f.conditions, f.actions, f.stops, f.is_active, f.member_id, case when f.member_id is null then array(
      select p.id from lotse.pools p where p.workspace_id = ${workspaceId} and p.archived_at is null
    ) else '{}' end as pools
    from lotse.filters f
    left join lotse.members m on m.id = f.member_id
    where f.workspace_id = ${workspaceId} and f.direction = ${direction} and (f.is_active or f.id = ${also})
      and m.deactivated_at is null
    order by f.position, f.created_at, f.id
    limit ${mostRules}
  `;
  return rows.flatMap(({ pools, ...row }) =>
    readable(row).map((filter) => ({
      ...filter,
      actions: filter.actions.filter((each) => each.do !== 'ticket' || pools.includes(each.pool)),
    })),
  );
}

/** One that an older or newer build wrote otherwise is left out rather than guessed at. */
function readable<R extends Filter>(row: R): R[] {
  const parsed = stored.safeParse(row);
  return parsed.success ? [{ ...row, ...parsed.data }] : [];
}
