import type { Sql } from '#server/database/pool.ts';
import { inBulk } from './bulk.ts';
import type { Desk } from './desk.ts';

export const perTicket = 4;
const sentences = 2_000;

/**
 * Messages of three sentences out of two thousand, each of which has twelve of five thousand words: few words are everywhere, most
 * are rare, as in what people write. What makes a million bearable: no trigger runs for each row (the vectors are put together
 * from those of their sentences and of their pool, by the triggers' own functions), and indexes are made when all is there.
 */
export async function plantMessages({ owner, cast: { workspaceId } }: Desk, count: number): Promise<void> {
  const tickets = Math.ceil(count / perTicket);
  await plantTickets(owner, workspaceId, tickets);
  await owner`create schema planted`;
  await writeSentences(owner);
  await throwDice(owner, workspaceId);
  // Side by side, one on each of the owner's connections.
  await Promise.all([
    plantTexts(owner),
    plantEntries(owner),
  ]);
  await owner`drop schema planted cascade`;
}

async function plantTickets(owner: Sql, workspaceId: string, count: number): Promise<void> {
  await inBulk(owner, 'tickets', (sql) => sql`
    insert into lotse.tickets (workspace_id, number, subject, pool_id, requester_id, status, closed_at, created_at)
    select
      ${workspaceId}, 100000 + i, 'Anliegen ' || i, pool.ids[1 + i % cardinality(pool.ids)], contact.ids[1 + i % 200],
      case when i % 100 = 0 then 'open' else 'closed' end, case when i % 100 = 0 then null else now() end,
      now() - i * interval '2 minutes'
    from generate_series(1, ${count}::int) i,
      (select array_agg(id) as ids from lotse.pools where workspace_id = ${workspaceId}) pool,
      (select array_agg(id) as ids from (select id from lotse.contacts where workspace_id = ${workspaceId} limit 200) c) contact
  `);
}

async function writeSentences(owner: Sql): Promise<void> {
  await owner`
    create unlogged table planted.sentence as
    select
      i, string_agg(word.said, ' ' order by n) as said, private.lexemes(string_agg(word.said, ' ' order by n)) as words
    from generate_series(0, ${sentences - 1}::int) i
    cross join generate_series(1, 12) n
    cross join lateral (
      -- Zipf: the k-th word of five thousand is said about 1/k as often as the first.
      select (array['rohr', 'ventil', 'heizung', 'mieter', 'keller', 'wasser', 'termin', 'monteur']) [1 + k % 8] || 'um' || k as said
      from (select floor(5000 ^ random() + i * 0 + n * 0)::int as k) drawn
    ) word
    group by i
  `;
}

/** Which three sentences each message has. */
async function throwDice(owner: Sql, workspaceId: string): Promise<void> {
  await owner`
    create unlogged table planted.message as
    select
      gen_random_uuid() as id, t.workspace_id, t.id as ticket_id, t.pool_id, t.created_at + n * interval '1 hour' as at,
      floor(random() * ${sentences}::int)::int as a, floor(random() * ${sentences}::int)::int as b,
      floor(random() * ${sentences}::int)::int as c
    from lotse.tickets t
    cross join generate_series(1, ${perTicket}::int) n
    where t.workspace_id = ${workspaceId} and t.number > 100000
  `;
  await owner`analyze planted.sentence, planted.message`;
}

async function plantTexts(owner: Sql): Promise<void> {
  await inBulk(owner, 'messages', (sql) => sql`
    insert into lotse.messages (id, workspace_id, ticket_id, kind, visibility, body_text, occurred_at)
    select m.id, m.workspace_id, m.ticket_id, 'message', 'public', a.said || '. ' || b.said || '. ' || c.said, m.at
    from planted.message m
    join planted.sentence a on a.i = m.a
    join planted.sentence b on b.i = m.b
    join planted.sentence c on c.i = m.c
  `);
}

async function plantEntries(owner: Sql): Promise<void> {
  await inBulk(owner, 'search_entries', (sql) => sql`
    with begun as materialized (
      select
        p.id as pool_id, s.i,
        array_to_tsvector(array[private.place_lexeme(p.workspace_id), private.place_lexeme(p.id)]) || s.words as words
      from lotse.pools p
      cross join planted.sentence s
    )
    insert into lotse.search_entries (workspace_id, ticket_id, message_id, at, words)
    select m.workspace_id, m.ticket_id, m.id, m.at, a.words || b.words || c.words
    from planted.message m
    join begun a on a.pool_id = m.pool_id and a.i = m.a
    join planted.sentence b on b.i = m.b
    join planted.sentence c on c.i = m.c
  `);
}
