import { marks, type Hit } from '#lib/shared/search.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import type { Candidate } from '../search.ts';

export type Excerpt = Pick<Hit, 'where' | 'isInternal' | 'text'>;

/** Looking for the words in a whole book would take longer than finding it did. */
const mostSigns = 20_000;
const options = `StartSel=${marks.begin}, StopSel=${marks.end}, MaxWords=22, MinWords=12, MaxFragments=1`;

/** What matches of each, with some words around it; read under the member's own rights, in the order given. */
export async function excerpts(sql: TransactionSql, text: string, found: Candidate[]): Promise<Excerpt[]> {
  const rows = await sql<Excerpt[]>`
    select
      case when f.id is not null then 'file' when m.id is not null then 'message' else 'ticket' end as where,
      coalesce(f.visibility, m.visibility) is not distinct from 'internal' as is_internal,
      coalesce(
        f.name,
        ts_headline(
          'pg_catalog.german',
          left(coalesce(m.body_text, t.description, ''), ${mostSigns}),
          private.search_query(${text}),
          ${options}
        )
      ) as text
    from unnest(
      ${found.map(({ ticketId }) => ticketId)}::uuid[],
      ${found.map(({ messageId }) => messageId)}::uuid[],
      ${found.map(({ fileId }) => fileId)}::uuid[]
    ) with ordinality wanted (ticket_id, message_id, file_id, place)
    left join lotse.tickets t on t.id = wanted.ticket_id and wanted.message_id is null and wanted.file_id is null
    left join lotse.messages m on m.id = wanted.message_id
    left join lotse.files f on f.id = wanted.file_id
    order by wanted.place
  `;
  return [...rows];
}
