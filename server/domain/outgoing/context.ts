import { config } from '#server/config.ts';
import type { TransactionSql } from '#server/database/pool.ts';

/** What a mail needs that is not the customer's to read: where it leaves from, whose link it carries, what it follows. */
export type Context = {
  /** A mail whose ticket became internal does not leave; a notice is the team's own. */
  isInternal: boolean;
  link: { id: string; generation: number } | null;
  /** The workspace's own words for this mail; null where it has none. They and the pool are the team's, which a customer may not read. */
  template: string | null;
  pool: string;
  /** Rules for outgoing mail are live in its workspace. */
  hasRules: boolean;
  /** The account it leaves by; null where the workspace has none. */
  sender: Sender | null;
  thread: Thread;
  /** The key of the domain that the mail is from, sealed; null where nothing is signed. */
  signing: { domain: string; selector: string; privateKey: string } | null;
};

export type Sender = { address: string; hasPlusAddresses: boolean; name: string; smtp: SmtpAccount | null };

/** What the passwords of accounts' servers are sealed for. */
export const smtpPasswordPurpose = 'mail_accounts.smtp_password';

/** The account's own server; the password is sealed. */
export type SmtpAccount = {
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  user: string;
  password: string;
  /** Let in by the token that opens the account's mailbox, as this provider gives it since somebody agreed; null by password. */
  token: { provider: 'google' | 'microsoft' | 'other'; connectedAt: string | null } | null;
  perMinute: number | null;
  /** It did not let us in the last time. */
  isRefused: boolean;
};

/** What this customer wrote and got about this ticket by mail, newest first; nobody else's subject or id gets into his mails. */
export type Thread = {
  messageId: string;
  isTheirs: boolean;
  subject: string;
  /** Outlook's own, in theirs; else ''. */
  threadIndex: string;
  threadTopic: string;
}[];

const mostInThread = 20;

export function contextsOf(sql: TransactionSql, mails: { id: string }[]) {
  return sql<(Context & { id: string })[]>`
    select
      o.id,
      coalesce(t.visibility = 'internal' and o.kind <> 'notice', false) as is_internal,
      case when l.id is not null then jsonb_build_object('id', l.id, 'generation', l.generation) end as link,
      x.body as template,
      coalesce(p.name, '') as pool,
      exists (
        select from lotse.filters f where f.workspace_id = o.workspace_id and f.direction = 'out' and f.is_active
      ) as has_rules,
      case when a.id is not null then jsonb_build_object(
        'address', a.address,
        'hasPlusAddresses', a.has_plus_addresses,
        'name', coalesce(nullif(w.sender_name, ''), w.name),
        'smtp', case when a.smtp_host <> '' then jsonb_build_object(
          'host', a.smtp_host, 'port', a.smtp_port, 'security', a.smtp_security, 'user', a.smtp_user,
          'password', a.smtp_password, 'perMinute', a.smtp_per_minute, 'isRefused', a.smtp_error <> '',
          'token', case when a.smtp_auth = 'token' and a.imap_auth <> 'password' then jsonb_build_object(
            'provider', a.imap_auth, 'connectedAt', private.iso(a.oauth_connected_at)
          ) end
        ) end
      ) end as sender,
      coalesce(past.thread, '[]') as thread,
      case when k.is_on then jsonb_build_object(
        'domain', k.domain, 'selector', k.selector, 'privateKey', k.private_key
      ) end as signing
    from lotse.outgoing_mails o
    left join lotse.workspaces w on w.id = o.workspace_id
    left join lotse.tickets t on t.id = o.ticket_id
    left join lotse.pools p on p.id = t.pool_id
    left join lotse.mail_templates x on x.workspace_id = o.workspace_id and x.occasion = o.kind and x.language = o.language
    left join lotse.ticket_links l on l.ticket_id = o.ticket_id and l.contact_id = o.contact_id
    left join lotse.mail_accounts a on a.id = o.account_id
    left join lotse.dkim_keys k
      on k.workspace_id = o.workspace_id and k.domain = split_part(coalesce(a.address, ${config().mailFrom.toLowerCase()}), '@', 2)
    left join lateral (
      select jsonb_agg(jsonb_build_object(
        'messageId', y.message_id, 'isTheirs', y.is_theirs, 'subject', y.subject,
        'threadIndex', y.thread_index, 'threadTopic', y.thread_topic
      ) order by y.at desc) as thread
      from (
        select *
        from (
          select m.message_id, true as is_theirs, m.subject, m.thread_index, m.thread_topic, m.received_at as at
          from lotse.mails m
          join lotse.messages said on said.id = m.ticket_message_id and said.author_contact_id = o.contact_id
          where m.workspace_id = o.workspace_id and m.ticket_id = o.ticket_id and m.message_id <> ''
          union all
          select e.message_id, false, e.subject, '', '', e.created_at
          from lotse.outgoing_mails e
          where e.workspace_id = o.workspace_id and e.ticket_id = o.ticket_id and e.contact_id = o.contact_id
            and e.id <> o.id and e.message_id <> ''
        ) both_ways
        order by at desc
        limit ${mostInThread}
      ) y
    ) past on o.ticket_id is not null
    where o.id = any (${mails.map(({ id }) => id)}::uuid[])
  `;
}
