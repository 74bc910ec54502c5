import { asSystem } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import type { Letter } from '../outgoing/letter.ts';
import type { Due } from '../outgoing/queue.ts';

const historyEntries = 30;

type Row = Pick<Letter, 'company' | 'accent' | 'template' | 'recipient'> & {
  number: number;
  subject: string;
  pool: string;
  messageId: string;
  html: string;
  text: string;
  at: string;
  author: string;
  handle: number;
  history: boolean;
  fileIds: string[];
};

/**
 * What a mail to somebody who is no customer is made of: the words that were written for him, the files that were chosen and,
 * if wanted, what customers read of the course. Null when the words were taken back or the ticket is no longer public.
 */
export async function consultationLetter(due: Due): Promise<Letter | null> {
  const { workspaceId, ticketId, consultationId } = due;
  if (!workspaceId || !ticketId || !consultationId) return null;
  return asSystem(
    workspaceId,
    async ({ sql }) => {
      const [row] = await sql<Row[]>`
        select w.name as company, w.accent, x.body as template, t.number, t.subject, p.name as pool,
          m.id as message_id, m.body_html as html, m.body_text as text, m.occurred_at as at, a.name as author,
          jsonb_build_object('salutation', c.salutation, 'title', c.title, 'name', c.name) as recipient,
          s.handle, s.history, s.file_ids
        from lotse.consultations s
        join lotse.tickets t on t.id = s.ticket_id
        join lotse.workspaces w on w.id = s.workspace_id
        join lotse.pools p on p.id = t.pool_id
        join lotse.contacts c on c.id = s.contact_id
        join lotse.messages m on m.id = s.message_id
        join lotse.members a on a.id = s.asked_by_member_id
        left join lotse.mail_templates x
          on x.workspace_id = s.workspace_id and x.occasion = s.kind and x.language = ${due.language}
        where s.id = ${consultationId} and t.visibility = 'public' and m.withdrawn_at is null
      `;
      if (!row) return null;
      const { company, accent, template, recipient, number, subject, pool, author, handle } = row;
      const entries = row.history ? await courseOf(sql, ticketId) : [];
      const files = await filesOf(sql, { ticketId, ids: row.fileIds });
      return {
        workspaceId,
        company,
        accent,
        template,
        recipient,
        ticket: { id: ticketId, number, subject, pool, token: null },
        message: { id: row.messageId, author, at: row.at, html: row.html, text: row.text, files },
        history: entries.slice(0, historyEntries),
        hasMore: false,
        asked: handle,
      };
    },
    { readOnly: true },
  );
}

/** What every customer of the ticket reads, and nothing else. */
function courseOf(sql: TransactionSql, ticketId: string) {
  return sql<Letter['history']>`
    select m.id, coalesce(p.name, c.name, '') as author, m.occurred_at as at, m.body_html as html, m.body_text as text
    from lotse.messages m
    left join lotse.members p on p.id = m.author_member_id
    left join lotse.contacts c on c.id = m.author_contact_id
    where m.ticket_id = ${ticketId} and m.visibility = 'public' and m.machine = '' and m.withdrawn_at is null
    order by m.occurred_at desc, m.id
    limit ${historyEntries}
  `;
}

function filesOf(sql: TransactionSql, { ticketId, ids }: { ticketId: string; ids: string[] }) {
  return sql<NonNullable<Letter['message']>['files']>`
    select name, mime, size, storage_key
    from lotse.files
    where ticket_id = ${ticketId} and id = any (${ids}::uuid[])
    order by created_at, id
    limit 20
  `;
}
