import { asLink, asSystem } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import { tokenFor } from '../links.ts';
import type { Due } from './queue.ts';

type Entry = { id: string; author: string | null; at: string; html: string; text: string };
type File = { name: string; mime: string; size: number; storageKey: string };

/** What a mail to a customer is made of, read as the holder of his own link: what he may not see cannot get in. */
export type Letter = {
  /** The workspace's own words for this mail; null where it has none. */
  template: string | null;
  workspaceId: string;
  company: string;
  accent: string;
  recipient: { salutation: '' | 'ms' | 'mr' | 'mx'; title: string; name: string };
  ticket: { id: string; number: number; subject: string; pool: string; token: string | null };
  message: (Entry & { files: File[] }) | null;
  /** Public entries, newest first, without the message itself; `author` null is the recipient. */
  history: Entry[];
  hasMore: boolean;
  /** The handle of the consultation it belongs to: its own address for answers. */
  asked: number | null;
};

const historyEntries = 30;

/** Null when the recipient may not see the ticket (any more). */
export async function letterFor(due: Due): Promise<Letter | null> {
  const { workspaceId, ticketId, contactId, link, template, pool } = due;
  if (!workspaceId || !ticketId || !contactId || !link) return null;
  const token = await tokenFor(link);
  return asLink(
    { workspaceId, linkId: link.id },
    async ({ sql }) => {
      // One round trip for all of it.
      const [[facts], entries, files] = await Promise.all([
        factsOf(sql, ticketId, contactId),
        due.kind === 'confirmation' && template === null ? [] : entriesOf(sql, ticketId, contactId),
        due.ticketMessageId ? filesOf(sql, due.ticketMessageId) : [],
      ]);
      if (!facts) return null;
      const message = entries.find((entry) => entry.id === due.ticketMessageId) ?? null;
      const { company, accent, number, subject, ...recipient } = facts;
      const goesAlong = due.input['history'] !== false;
      return {
        template,
        workspaceId,
        company,
        accent,
        recipient,
        ticket: { id: ticketId, number, subject, pool, token },
        message: message && { ...message, files },
        history: goesAlong ? entries.filter((entry) => entry !== message).slice(0, historyEntries) : [],
        hasMore: goesAlong && entries.length > historyEntries + 1,
        asked: null,
      };
    },
    { readOnly: true },
  );
}

type Facts = { number: number; subject: string; company: string; accent: string } & Letter['recipient'];

function factsOf(sql: TransactionSql, ticketId: string, contactId: string) {
  return sql<Facts[]>`
    select t.number, t.subject, w.name as company, w.accent, c.salutation, c.title, c.name
    from lotse.tickets t
    join lotse.workspaces w on w.id = t.workspace_id
    join lotse.contacts c on c.id = ${contactId}
    where t.id = ${ticketId}
  `;
}

/** Enough for the history and to know whether there is more. */
function entriesOf(sql: TransactionSql, ticketId: string, contactId: string) {
  return sql<Entry[]>`
    select
      m.id,
      case when m.author_contact_id = ${contactId} then null else coalesce(p.name, c.name, '') end as author,
      m.occurred_at as at, m.body_html as html, m.body_text as text
    from lotse.messages m
    left join lotse.members p on p.id = m.author_member_id
    left join lotse.contacts c on c.id = m.author_contact_id
    where m.ticket_id = ${ticketId} and m.withdrawn_at is null
    order by m.occurred_at desc, m.id
    limit ${historyEntries + 2}
  `;
}

function filesOf(sql: TransactionSql, messageId: string) {
  return sql<File[]>`
    select name, mime, size, storage_key
    from lotse.files
    where message_id = ${messageId}
    order by created_at, id
    limit 50
  `;
}

export type Invitation = { company: string; accent: string; inviter: string; name: string; expiresAt: string };

export async function invitationFor(due: Due): Promise<Invitation | null> {
  const [invitation] = await asSystem(
    due.workspaceId,
    ({ sql }) => sql<Invitation[]>`
    select w.name as company, w.accent, coalesce(m.name, '') as inviter, i.name, i.expires_at
    from lotse.outgoing_mails o
    join lotse.invitations i on i.id = o.invitation_id
    join lotse.workspaces w on w.id = i.workspace_id
    left join lotse.members m on m.id = i.invited_by_member_id
    where o.id = ${due.id} and i.revoked_at is null and i.accepted_at is null
  `,
  );
  return invitation ?? null;
}
