import type { Tx } from '#server/database/actor.ts';

export const inboxShows = ['waiting', 'archived', 'ignored'] as const;
export type InboxShow = (typeof inboxShows)[number];

/** A line of the inbox. */
export type InboxMail = {
  id: string;
  fromName: string;
  fromAddress: string;
  subject: string;
  /** How the text begins. */
  preview: string;
  account: string;
  files: number;
  receivedAt: string;
  /** Who works on it now, while he does. */
  takenBy: string | null;
};

export const mailsPerPage = 60;
const previewChars = 180;

type Wanted = { show?: InboxShow; before?: string | undefined };

/** The latest first; one more than a page when there are older ones. Policies say whose. */
export function inboxMails({ sql }: Tx, { show = 'waiting', before }: Wanted = {}): Promise<InboxMail[]> {
  const chosen = {
    waiting: sql`m.state = 'waiting'`,
    archived: sql`m.state = 'filed' and m.asked_at is not null and m.ticket_id is null`,
    ignored: sql`m.state = 'ignored' and m.asked_at is not null`,
  };
  return sql<InboxMail[]>`
    select
      m.id, m.from_name, coalesce(nullif(m.from_address, ''), m.envelope_from) as from_address, m.subject,
      left(regexp_replace(left(coalesce(c.body_text, ''), 600), '\\s+', ' ', 'g'), ${previewChars}) as preview,
      coalesce(i.name, '') as account,
      (select count(*)::int from lotse.mail_files f where f.mail_id = m.id) as files,
      m.received_at,
      case when m.taken_until > now() then m.taken_by_member_id end as taken_by
    from lotse.mails m
    left join lotse.mail_contents c on c.mail_id = m.id
    left join private.inboxes() i on i.account_id = m.account_id
    where ${chosen[show]}
      ${
        before
          ? sql`and (m.received_at, m.id) < (select b.received_at, b.id from lotse.mails b where b.id = ${before})`
          : sql``
      }
    order by m.received_at desc, m.id desc
    limit ${mailsPerPage + 1}
  `;
}

/** What stands on the rail: how many wait; null for who has no inbox to look into. */
export async function waitingCount({ sql }: Tx): Promise<number | null> {
  const [row] = await sql<{ waiting: number; hasInbox: boolean }[]>`
    select
      (select count(*)::int from (select from lotse.mails m where m.state = 'waiting' limit 1000) x) as waiting,
      exists (select from private.inboxes() i where i.asks_first) as has_inbox
  `;
  return row?.hasInbox || row?.waiting ? row.waiting : null;
}
