import type { Tx } from '#server/database/actor.ts';

/** A mail account without its password, which goes in and never comes out. */
export type AccountSetting = {
  id: string;
  name: string;
  address: string;
  pool: string;
  kind: 'imap' | 'smtp';
  imapHost: string;
  imapPort: number;
  imapSecurity: 'tls' | 'starttls' | 'none';
  imapUser: string;
  imapAuth: 'password' | 'google' | 'microsoft' | 'other';
  /** When somebody agreed last that we read it; null while nobody did. */
  oauthConnectedAt: string | null;
  imapFolder: string;
  afterStoring: 'leave' | 'seen' | 'move' | 'delete';
  moveToFolder: string;
  firstLook: 'now' | 'days' | 'all';
  firstLookDays: number;
  authservId: string;
  hasPlusAddresses: boolean;
  sendsConfirmation: boolean;
  asksFirst: boolean;
  /** '' is the installation's own relay. */
  smtpHost: string;
  smtpPort: number;
  smtpSecurity: 'tls' | 'starttls' | 'none';
  smtpUser: string;
  /** `token`: the one that opens the mailbox. */
  smtpAuth: 'password' | 'token';
  smtpPerMinute: number | null;
  /** Why nothing is sent by it just now; '' when it is. */
  smtpError: string;
  smtpRestsUntil: string | null;
  lastSuccessAt: string | null;
  lastError: string;
  isPaused: boolean;
  isArchived: boolean;
  /** When the last mail came this way. */
  lastMailAt: string | null;
};

export function accounts({ sql }: Tx): Promise<AccountSetting[]> {
  return sql<AccountSetting[]>`
    select
      a.id, a.name, a.address, a.pool_id as pool, a.kind, a.imap_host, a.imap_port, a.imap_security, a.imap_user, a.imap_auth, a.oauth_connected_at,
      a.imap_folder,
      a.after_storing, a.move_to_folder, a.first_look, a.first_look_days, a.authserv_id, a.has_plus_addresses, a.sends_confirmation,
      a.asks_first, a.last_success_at, a.last_error, a.smtp_host, a.smtp_port, a.smtp_security, a.smtp_user, a.smtp_auth, a.smtp_per_minute,
      a.smtp_error, a.smtp_rests_until,
      a.paused_at is not null as is_paused, a.archived_at is not null as is_archived,
      (select max(m.received_at) from lotse.mails m where m.account_id = a.id) as last_mail_at
    from lotse.mail_accounts a
    order by a.archived_at is not null, a.name collate "de-x-icu", a.id
    limit 200
  `;
}
