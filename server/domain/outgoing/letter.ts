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
  ticket: { id: string; number: number; subject: string; pool: string; token: string };
  message: (Entry & { files: File[] }) | null;
  /** Public entries, newest first, without the message itself; `author` null is the recipient. */
  history: Entry[];
  hasMore: boolean;
};

const historyEntries = 30;

/** Null when the recipient may not see the ticket (any more). */
export async function letterFor(due: Due): Promise<Letter | null> {
  const { workspaceId, ticketId, contactId } = due;
  if (!workspaceId || !ticketId || !contactId) return null;
  const [link] = await asSystem(
    workspaceId,
    // Template and pool are the team's, which a customer may not read; what they bring into the mail, the team decided.
    ({ sql }) => sql<{ id: string; generation: number; template: string | null; pool: string }[]>`
    select l.id, l.generation, x.body as template, p.name as pool
    from lotse.ticket_links l
    join lotse.tickets t on t.id = l.ticket_id
    join lotse.pools p on p.id = t.pool_id
    left join lotse.mail_templates x
      on x.workspace_id = l.workspace_id and x.occasion = ${due.kind} and x.language = ${due.language}
    where l.ticket_id = ${ticketId} and l.contact_id = ${contactId}
  `,
  );
  if (!link) return null;
  const { template, pool } = link;
  const token = await tokenFor(link);
  return asLink(
    { workspaceId, linkId: link.id },
    async ({ sql }) => {
      const [facts] = await sql<{ number: number; subject: string; company: string; accent: string }[]>`
        select t.number, t.subject, w.name as company, w.accent
        from lotse.tickets t
        join lotse.workspaces w on w.id = t.workspace_id
        where t.id = ${ticketId}
      `;
      const [recipient] = await sql<Letter['recipient'][]>`
        select salutation, title, name from lotse.contacts where id = ${contactId}
      `;
      if (!facts || !recipient) return null;
      const entries = await entriesOf(sql, ticketId, contactId);
      const message = entries.find((entry) => entry.id === due.ticketMessageId) ?? null;
      const { company, accent, number, subject } = facts;
      const goesAlong = due.input['history'] !== false;
      return {
        template,
        workspaceId,
        company,
        accent,
        recipient,
        ticket: { id: ticketId, number, subject, pool, token },
        message: message && { ...message, files: await filesOf(sql, message.id) },
        history: goesAlong ? entries.filter((entry) => entry !== message).slice(0, historyEntries) : [],
        hasMore: goesAlong && entries.length > historyEntries + 1,
      };
    },
    { readOnly: true },
  );
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

export type Sender = { address: string; hasPlusAddresses: boolean; name: string };

/** The account a mail leaves by; null where the workspace has none. */
export async function senderOf(due: Due): Promise<Sender | null> {
  const [sender] = await asSystem(
    due.workspaceId,
    ({ sql }) => sql<Sender[]>`
    select a.address, a.has_plus_addresses, coalesce(nullif(w.sender_name, ''), w.name) as name
    from lotse.mail_accounts a
    join lotse.workspaces w on w.id = a.workspace_id
    where a.id = ${due.accountId}
  `,
  );
  return sender ?? null;
}

export type Thread = {
  /** Message-IDs, oldest first. */
  references: string[];
  inReplyTo: string | null;
  /** The customer's own subject keeps his mail program's thread together. */
  subject: string | null;
};

/** What this customer wrote and got about this ticket by mail; nobody else's subject or id gets into his mails. */
export async function threadOf(due: Due): Promise<Thread> {
  const rows = await asSystem(
    due.workspaceId,
    ({ sql }) => sql<{ messageId: string; isTheirs: boolean; subject: string }[]>`
    select message_id, is_theirs, subject
    from (
      select m.message_id, true as is_theirs, m.subject, m.received_at as at
      from lotse.mails m
      join lotse.messages w on w.id = m.ticket_message_id and w.author_contact_id = ${due.contactId}
      where m.workspace_id = ${due.workspaceId} and m.ticket_id = ${due.ticketId}
      union all
      select o.message_id, false, o.subject, o.created_at
      from lotse.outgoing_mails o
      where o.workspace_id = ${due.workspaceId} and o.ticket_id = ${due.ticketId} and o.contact_id = ${due.contactId} and o.id <> ${due.id}
    ) x
    where message_id <> ''
    order by at desc
    limit 20
  `,
  );
  const theirs = rows.find((row) => row.isTheirs);
  return {
    references: rows.map((row) => row.messageId).reverse(),
    inReplyTo: theirs?.messageId ?? rows[0]?.messageId ?? null,
    subject: theirs?.subject ?? null,
  };
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
