import type { Desk } from './desk.ts';

export const perTicket = 4;

/**
 * Messages of three sentences out of two thousand, each of which has twelve of five thousand words: few words are everywhere, most
 * are rare, as in what people write. Their vectors are put together from the sentences', which is what makes a million bearable.
 */
export async function plantMessages({ owner, cast }: Desk, count: number): Promise<void> {
  const { workspaceId } = cast;
  const tickets = Math.ceil(count / perTicket);
  await owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`set local maintenance_work_mem = '512MB'`;
    await sql`set local statement_timeout = 0`;
    await sql`drop index lotse.search_entries_words`;
    await sql`
      create temporary table sentence on commit drop as
      select
        i, string_agg(word.said, ' ' order by n) as said, private.lexemes(string_agg(word.said, ' ' order by n)) as words
      from generate_series(0, 1999) i
      cross join generate_series(1, 12) n
      cross join lateral (
        -- Zipf: the k-th word of five thousand is said about 1/k as often as the first.
        select (array['rohr', 'ventil', 'heizung', 'mieter', 'keller', 'wasser', 'termin', 'monteur']) [1 + k % 8] || 'um' || k as said
        from (select floor(5000 ^ random() + i * 0 + n * 0)::int as k) drawn
      ) word
      group by i
    `;
    await sql`create unique index on sentence (i)`;
    await sql`
      insert into lotse.tickets (workspace_id, number, subject, pool_id, requester_id, status, closed_at, created_at)
      select
        ${workspaceId}, 100000 + i, 'Anliegen ' || i, pool.ids[1 + i % cardinality(pool.ids)], contact.ids[1 + i % 200],
        case when i % 100 = 0 then 'open' else 'closed' end, case when i % 100 = 0 then null else now() end,
        now() - i * interval '2 minutes'
      from generate_series(1, ${tickets}::int) i,
        (select array_agg(id) as ids from lotse.pools where workspace_id = ${workspaceId}) pool,
        (select array_agg(id) as ids from (select id from lotse.contacts where workspace_id = ${workspaceId} limit 200) c) contact
    `;
    await sql`
      with said as materialized (
        select
          t.workspace_id, t.id as ticket_id, t.pool_id, gen_random_uuid() as message_id, t.created_at + n * interval '1 hour' as at,
          floor(random() * 2000)::int as a, floor(random() * 2000)::int as b, floor(random() * 2000)::int as c
        from lotse.tickets t
        cross join generate_series(1, ${perTicket}::int) n
        where t.workspace_id = ${workspaceId} and t.number > 100000
      ),
      written as (
        insert into lotse.messages (id, workspace_id, ticket_id, kind, visibility, body_text, occurred_at)
        select said.message_id, said.workspace_id, said.ticket_id, 'message', 'public', a.said || '. ' || b.said || '. ' || c.said, said.at
        from said
        join sentence a on a.i = said.a
        join sentence b on b.i = said.b
        join sentence c on c.i = said.c
      )
      insert into lotse.search_entries (workspace_id, ticket_id, message_id, at, words)
      select
        said.workspace_id, said.ticket_id, said.message_id, said.at,
        array_to_tsvector(array[private.place_lexeme(said.workspace_id), private.place_lexeme(said.pool_id)])
          || a.words || b.words || c.words
      from said
      join sentence a on a.i = said.a
      join sentence b on b.i = said.b
      join sentence c on c.i = said.c
    `;
    await sql`create index search_entries_words on lotse.search_entries using gin (words) with (gin_pending_list_limit = 512)`;
  });
  await owner`set statement_timeout = 0`;
  await owner`vacuum analyze lotse.search_entries`;
  await owner`analyze lotse.tickets`;
  await owner`analyze lotse.messages`;
}
