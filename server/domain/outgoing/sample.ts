import { AppError } from '#lib/shared/errors.ts';
import type { Occasion } from '#lib/shared/templates.ts';
import type { Tx } from '#server/database/actor.ts';
import type { Letter } from './letter.ts';

type Wanted = {
  number: number;
  occasion: Occasion;
  /** The recipient's own where nothing else is wanted. */
  language?: 'de' | 'en' | undefined;
  /** Of somebody who is no customer of the ticket; else the letter goes to its first customer. */
  address?: string | undefined;
};

/** A letter that nobody wrote yet, as its recipient would get it. */
export type Sample = Pick<Letter, 'company' | 'accent' | 'template' | 'history' | 'hasMore'> & {
  recipient: Letter['recipient'] | null;
  language: 'de' | 'en';
  ticket: { number: number; subject: string; pool: string };
  /** Who would write it: the reader himself. */
  author: string;
  /** The team's last public words, to show a template with. */
  lastWords: { html: string; text: string } | null;
};

type Facts = Pick<Sample, 'company' | 'accent' | 'author'> & {
  id: string;
  number: number;
  subject: string;
  pool: string;
  workspaceLanguage: 'de' | 'en';
};
type Recipient = Letter['recipient'] & { id: string; language: 'de' | 'en' };

const historyEntries = 30;

/** Reads as the member; of the conversation what customers see, and no more. Throws `ticket.notFound`. */
export async function sampleLetter(tx: Tx, { number, occasion, language, address }: Wanted): Promise<Sample> {
  const [facts] = await tx.sql<Facts[]>`
    select t.id, t.number, t.subject, p.name as pool, w.name as company, w.accent, w.language as workspace_language,
      coalesce(m.name, '') as author
    from lotse.tickets t
    join lotse.pools p on p.id = t.pool_id
    join lotse.workspaces w on w.id = t.workspace_id
    left join lotse.members m on m.id = private.member()
    where t.number = ${number}
  `;
  if (!facts) throw new AppError('ticket.notFound');
  const recipient = await recipientOf(tx, facts.id, address);
  const spoken = language ?? recipient?.language ?? facts.workspaceLanguage;
  const [[template], entries, [lastWords]] = await Promise.all([
    tx.sql<{ body: string }[]>`
      select body from lotse.mail_templates where occasion = ${occasion} and language = ${spoken}
    `,
    entriesOf(tx, facts.id, recipient?.id ?? null),
    tx.sql<{ html: string; text: string }[]>`
      select body_html as html, body_text as text
      from lotse.messages
      where ticket_id = ${facts.id} and visibility = 'public' and author_member_id is not null and withdrawn_at is null
      order by occurred_at desc
      limit 1
    `,
  ]);
  const { company, accent, author, subject, pool } = facts;
  return {
    company,
    accent,
    author,
    language: spoken,
    recipient,
    ticket: { number, subject, pool },
    template: template?.body ?? null,
    history: entries.slice(0, historyEntries),
    hasMore: entries.length > historyEntries,
    lastWords: lastWords ?? null,
  };
}

/** Somebody without a card is known by his address alone. */
async function recipientOf({ sql }: Tx, ticket: string, address: string | undefined): Promise<Recipient | null> {
  const [recipient] = address
    ? await sql<Recipient[]>`
        select c.id, c.salutation, c.title, c.name, c.language
        from lotse.contact_addresses a
        join lotse.contacts c on c.id = a.contact_id
        where a.address = ${address.toLowerCase()}
      `
    : await sql<Recipient[]>`
        select c.id, c.salutation, c.title, c.name, c.language
        from lotse.ticket_customers tc
        join lotse.contacts c on c.id = tc.contact_id
        join lotse.tickets t on t.id = tc.ticket_id
        where tc.ticket_id = ${ticket} and tc.verified
        order by c.id = t.requester_id desc, tc.created_at, c.id
        limit 1
      `;
  return recipient ?? null;
}

function entriesOf({ sql }: Tx, ticket: string, recipient: string | null) {
  return sql<Sample['history']>`
    select
      m.id,
      case when m.author_contact_id = ${recipient} then null else coalesce(p.name, c.name, '') end as author,
      m.occurred_at as at, m.body_html as html, m.body_text as text
    from lotse.messages m
    left join lotse.members p on p.id = m.author_member_id
    left join lotse.contacts c on c.id = m.author_contact_id
    where m.ticket_id = ${ticket} and m.visibility = 'public' and m.machine = '' and m.withdrawn_at is null
    order by m.occurred_at desc, m.id
    limit ${historyEntries + 1}
  `;
}

/** The newest ticket that has a customer: what a template is shown with until another is chosen. */
export async function sampleNumber({ sql }: Tx): Promise<number | null> {
  const [row] = await sql<{ number: number }[]>`
    select number from lotse.tickets where requester_id is not null order by created_at desc limit 1
  `;
  return row?.number ?? null;
}
