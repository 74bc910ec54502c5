import type { FirstPart, Place } from '#lib/shared/parts.ts';
import { asMember } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import type { Viewing } from '../board.ts';
import { besideCards, seqOf } from './beside.ts';

/** Small enough that neither packing one nor reading it holds up anybody; ten of them are a board of ten thousand. */
const perPart = 1_000;
/** Reads of tickets that are not on the board: a month of a busy agent. */
const mostReads = 2_000;

/**
 * The next cards of the board after a place, as the text of a `Part`. PostgreSQL writes the JSON: ten thousand cards as objects
 * would hold this process up for a third of a second. Each part has a snapshot and a seq of its own, so that no transaction
 * waits for a slow line; `merge` (src/lib/shared/parts.ts) puts them together.
 */
export function nextPart(member: Viewing, after: Place): Promise<string> {
  return asMember(
    member,
    async ({ sql, system }) => {
      const slice = await sliceAfter(sql, after);
      const seq = await system((asSystem) => seqOf(asSystem, member.workspaceId));
      return textOf({ seq, ...slice });
    },
    { repeatable: true, readOnly: true },
  );
}

/** The first cards, and all that stands beside them, as the text of a `FirstPart`. */
export function firstPart(member: Viewing): Promise<string> {
  return asMember(
    member,
    async ({ sql, system }) => {
      const [beside, slice, reads, counted] = await Promise.all([
        besideCards(sql),
        sliceAfter(sql, null),
        otherReads(sql),
        sql<{ count: number }[]>`
          select count(*) from lotse.tickets where status not in ('closed', 'cancelled')
        `,
      ]);
      const seq = await system((asSystem) => seqOf(asSystem, member.workspaceId));
      return textOf({ seq, ...slice, ...beside, reads, count: counted[0]?.count ?? 0 });
    },
    { repeatable: true, readOnly: true },
  );
}

type Written = { seq: number; next: Place | null; cards: string } & Partial<Omit<FirstPart, 'cards'>>;

function textOf({ cards, ...rest }: Written): string {
  return `${JSON.stringify(rest).slice(0, -1)},"cards":${cards}}`;
}

async function sliceAfter(sql: TransactionSql, after: Place | null): Promise<{ cards: string; next: Place | null }> {
  const [row] = await sql<{ cards: string; count: number; at: string; id: string }[]>`
    select
      coalesce(json_agg(slice.card order by slice.created_at, slice.id)::text, '[]') as cards,
      count(*) as count,
      -- A timestamp has six digits in PostgreSQL: one of three would repeat cards, or leave some out.
      to_char(max(slice.created_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
      (array_agg(slice.id order by slice.created_at desc, slice.id desc))[1] as id
    from (
      select
        t.created_at, t.id,
        json_build_array(
          t.id, t.number, t.pool_id, t.status, t.visibility, t.priority, t.channel, t.tags, t.requester_id,
          t.responsible_member_id, t.responsible_group_id, t.owner_ids,
          ${msOf(sql, 't.due_at')}, ${msOf(sql, 't.created_at')}, ${msOf(sql, 't.waiting_since')},
          ${msOf(sql, 't.last_customer_at')}, ${msOf(sql, 't.last_message_at')},
          private.deferral(t.deferred_until),
          t.subject, coalesce(c.name, ''), ${msOf(sql, 'r.read_at')}
        ) as card
      from lotse.tickets t
      left join lotse.contacts c on c.id = t.requester_id
      left join lotse.ticket_reads r on r.ticket_id = t.id and r.member_id = (select private.member())
      where t.status not in ('closed', 'cancelled')
        ${after ? sql`and (t.created_at, t.id) > (${after.at}::timestamptz, ${after.id}::uuid)` : sql``}
      order by t.created_at, t.id
      limit ${perPart}
    ) slice
  `;
  const { cards = '[]', count = 0, at = '', id = '' } = row ?? {};
  return { cards, next: count < perPart ? null : { at, id } };
}

/** Milliseconds since 1970. What lies between two of them is cut off, as JavaScript does. */
function msOf(sql: TransactionSql, column: string) {
  return sql.unsafe(`(extract(epoch from date_trunc('milliseconds', ${column})) * 1000)::bigint`);
}

/** A ticket that was read comes back as read, reopened or moved here again. */
async function otherReads(sql: TransactionSql): Promise<[string, string][]> {
  const rows = await sql<{ ticketId: string; readAt: string }[]>`
    select r.ticket_id, r.read_at
    from lotse.ticket_reads r
    left join lotse.tickets t on t.id = r.ticket_id
    where (t.id is null or t.status in ('closed', 'cancelled')) and r.read_at > now() - interval '30 days'
    order by r.read_at desc
    limit ${mostReads}
  `;
  return rows.map((row) => [row.ticketId, row.readAt]);
}
