import type { Card } from '#lib/shared/board.ts';
import { noFilters, sifts, type Filters } from '#lib/shared/filter.ts';
import { totalOf, wholeUpTo, type Beginning, type Counts, type Grouping } from '#lib/shared/parts.ts';
import { priorities } from '#lib/shared/ticket.ts';
import { asMember, type Tx } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import { cardColumns, snapshot, type Viewing } from '../board.ts';
import { besideCards, seqOf } from './beside.ts';
import { siftedIds } from './sift.ts';

/** What a column shows before one scrolls, on a large screen. */
const perColumn = 12;

type Wanted = { by: Grouping; filters?: Filters };

/**
 * The beginning of a board: whole when it is of common size, else the first cards of each column with the counts of all. With
 * filters, of the cards that pass them.
 */
export async function opening(member: Viewing, { by, filters = noFilters }: Wanted): Promise<Beginning> {
  const begun = await asMember(
    member,
    async (tx) => {
      const ids = sifts(filters) ? await siftedIds(tx, filters) : null;
      const counts = await countsOf(tx, ids);
      if (ids === null && totalOf(counts) <= wholeUpTo) return null;
      const { sql, system } = tx;
      const [beside, cards] = await Promise.all([besideCards(sql), firstCards(tx, { by, ids })]);
      const reads = await readsOf(sql, cards);
      const seq = await system((asSystem) => seqOf(asSystem, member.workspaceId));
      return { snapshot: { seq, cards, reads, ...beside }, isWhole: false, counts };
    },
    { repeatable: true, readOnly: true },
  );
  return begun ?? { snapshot: await snapshot(member), isWhole: true, counts: {} };
}

/** The keys of src/lib/board/columns.ts: a test holds both together. */
function keysOf({ sql, actor }: Tx): Record<Grouping, ReturnType<TransactionSql>> {
  const me = actor.kind === 'member' ? actor.memberId : null;
  const withMyGroup = sql`t.responsible_group_id = any (array(
    select gm.group_id
    from lotse.group_members gm
    join lotse.groups g on g.id = gm.group_id and g.archived_at is null
    where gm.member_id = ${me}
  ))`;
  return {
    pool: sql`case
      when t.responsible_member_id = ${me} then 'member:' || t.responsible_member_id
      when ${withMyGroup} then 'group:' || t.responsible_group_id
      when t.pool_id <> all ((select private.pools())::uuid[]) then 'beside'
      when t.responsible_member_id is null and t.responsible_group_id is null then 'pool:' || t.pool_id
      else 'pool:' || t.pool_id || ':taken'
    end`,
    status: sql`'status:' || t.status`,
    person: sql`case
      when t.responsible_member_id is not null then 'member:' || t.responsible_member_id
      when t.responsible_group_id is not null then 'group:' || t.responsible_group_id
      else 'nobody:'
    end`,
  };
}

/** A group's column by pool holds what its column by person holds, so that their keys may be the same. */
async function countsOf(tx: Tx, ids: string[] | null): Promise<Counts> {
  const { sql } = tx;
  const keys = keysOf(tx);
  const rows = await sql<{ key: string; count: number; oldest: string }[]>`
    with live as materialized (
      select t.created_at, ${keys.pool} as pool, ${keys.status} as status, ${keys.person} as person
      from lotse.tickets t
      where t.status not in ('closed', 'cancelled') ${among(sql, ids)}
    )
    select k.key, count(*) as count, min(live.created_at) as oldest
    from live
    cross join lateral (values (nullif(live.pool, live.person)), (live.status), (live.person)) k (key)
    where k.key is not null
    group by k.key
  `;
  return Object.fromEntries(rows.map(({ key, count, oldest }) => [key, { count, oldest }]));
}

/** The first of each column in the order of src/lib/board/order.ts. What others took lies folded away and comes later. */
async function firstCards(tx: Tx, { by, ids }: { by: Grouping; ids: string[] | null }): Promise<Card[]> {
  const { sql } = tx;
  return sql<Card[]>`
    with placed as (
      select
        t.id,
        row_number() over (
          partition by ${keysOf(tx)[by]}
          order by t.deferred_until is not null, array_position(${[...priorities]}::text[], t.priority) desc, date_trunc('milliseconds', t.created_at), t.number
        ) as place,
        ${keysOf(tx)[by]} as key
      from lotse.tickets t
      where t.status not in ('closed', 'cancelled') ${among(sql, ids)}
    )
    select ${cardColumns(sql)}
    from placed
    join lotse.tickets t on t.id = placed.id
    left join lotse.contacts c on c.id = t.requester_id
    where placed.place <= ${perColumn} and placed.key not like '%:taken'
    order by t.created_at, t.id
  `;
}

function among(sql: TransactionSql, ids: string[] | null) {
  return ids === null ? sql`` : sql`and t.id = any (${ids}::uuid[])`;
}

async function readsOf(sql: TransactionSql, cards: Card[]): Promise<[string, string][]> {
  const rows = await sql<{ ticketId: string; readAt: string }[]>`
    select ticket_id, read_at from lotse.ticket_reads where ticket_id = any (${cards.map(({ id }) => id)}::uuid[])
  `;
  return rows.map((row) => [row.ticketId, row.readAt]);
}
