import { AppError } from '#lib/shared/errors.ts';
import type { Found, Hit, SearchPlace } from '#lib/shared/search.ts';
import { asMember } from '#server/database/actor.ts';
import { whileWanted } from '#server/database/cancel.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import type { Viewing } from './board.ts';
import { excerpts, type Excerpt } from './search/excerpts.ts';

const perPage = 20;
/** Enough for most pages; where tickets have many messages that match, the further rounds take more. */
const firstRound = 40;
const perRound = 100;
/** A ticket of a thousand messages that all match fills rounds by itself: then the page stays short and says that there is more. */
const mostRounds = 5;
/** Who types waits no longer, and a statement that would take longer is ended: the words were too many or the server has too much to do. */
const mostMs = 2_000;

/** An entry of the index. */
export type Candidate = {
  entry: number;
  ticketId: string;
  messageId: string | null;
  fileId: string | null;
  at: string;
};
type Head = Pick<Hit, 'number' | 'subject' | 'customer' | 'status'> & { id: string };

/**
 * Tickets in which all words stand: in the subject, number, names and addresses of customers, messages, names of files. Of all
 * states, the newest match first. The index names candidates in the member's pools; what he may read of them is decided by
 * reading them as himself.
 */
export function search(member: Viewing, text: string, { after = null, signal = wanted }: Asking = {}): Promise<Found> {
  return asMember(
    member,
    async ({ sql }) => {
      const [line] = await sql<{ pid: number }[]>`
        select pg_backend_pid() as pid, set_config('statement_timeout', ${String(mostMs)}, true)
      `;
      return whileWanted(signal, line?.pid ?? 0, () => find(sql, text, { after, signal }));
    },
    { readOnly: true, repeatable: true },
  );
}

/** `signal` of who asks: a search that he does not wait for any more, because he typed on, is ended. */
type Asking = { after?: SearchPlace | null; signal?: AbortSignal };
const wanted = new AbortController().signal;

async function find(sql: TransactionSql, text: string, { after, signal }: Required<Asking>): Promise<Found> {
  const end = performance.now() + mostMs;
  const found = new Map<string, Candidate & Head>();
  if (!after) for (const exact of await byNumber(sql, text)) found.set(exact.ticketId, exact);
  let place: SearchPlace | null = after ?? { at: 'infinity', id: Number.MAX_SAFE_INTEGER };
  for (let round = 0; place && found.size < perPage && goesOn(round, end); round++) {
    // Between two statements there was nothing to end.
    if (signal.aborted) throw new AppError('busy');
    const most = round === 0 ? firstRound : perRound;
    const candidates: Candidate[] = await candidatesAfter(sql, text, { ...place, most });
    const heads = await headsOf(sql, candidates);
    const full = candidates.find((candidate) => {
      const head = heads.get(candidate.ticketId);
      if (head && !found.has(head.id)) found.set(head.id, { ...candidate, ...head });
      return found.size === perPage;
    });
    const last = full ?? (candidates.length < most ? undefined : candidates.at(-1));
    place = last ? { at: last.at, id: last.entry } : null;
  }
  const tickets = [...found.values()];
  const texts = await excerpts(sql, text, tickets);
  return { hits: tickets.flatMap((ticket, index) => hitOf(ticket, texts[index])), next: place };
}

const goesOn = (round: number, end: number) => round === 0 || (round < mostRounds && performance.now() < end);

function hitOf({ number, subject, customer, status, at }: Candidate & Head, excerpt: Excerpt | undefined): Hit[] {
  // As PostgreSQL tells it, to the microsecond; a page shows milliseconds.
  return excerpt ? [{ number, subject, customer, status, at: new Date(at).toISOString(), ...excerpt }] : [];
}

type After = SearchPlace & { most: number };

function candidatesAfter(sql: TransactionSql, text: string, { at, id, most }: After): Promise<Candidate[]> {
  return sql<Candidate[]>`
    select
      id as entry, ticket_id, message_id, file_id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
    from private.search(${text}, ${at}::timestamptz, ${id}::bigint, ${most})
  `;
}

async function headsOf(sql: TransactionSql, candidates: Candidate[]): Promise<Map<string, Head>> {
  const ids = [...new Set(candidates.map(({ ticketId }) => ticketId))];
  const rows = await sql<Head[]>`
    select t.id, t.number, t.subject, t.status, coalesce(c.name, '') as customer
    from lotse.tickets t
    left join lotse.contacts c on c.id = t.requester_id
    where t.id = any (${ids}::uuid[])
  `;
  return new Map(rows.map((row) => [row.id, row]));
}

/** Who types a number means that ticket. */
async function byNumber(sql: TransactionSql, text: string): Promise<(Candidate & Head)[]> {
  const number = /^\s*#?(\d{1,9})\s*$/.exec(text)?.[1];
  if (!number) return [];
  const rows = await sql<(Head & { at: string })[]>`
    select t.id, t.number, t.subject, t.status, coalesce(c.name, '') as customer, t.created_at as at
    from lotse.tickets t
    left join lotse.contacts c on c.id = t.requester_id
    where t.number = ${Number(number)}
  `;
  return rows.map((row) => ({ ...row, ticketId: row.id, messageId: null, fileId: null, entry: 0 }));
}
