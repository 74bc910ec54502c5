import { isFault } from '#lib/shared/faults.ts';
import { faultSentence } from '#lib/ui/trouble.ts';
import { m } from '#lib/i18n/paraglide/messages.js';

/** What a form about a mail account shows; without the password, which goes in and never comes out. */
export type AccountForm = {
  name: string;
  pool: string;
  kind: 'imap' | 'smtp';
  imapHost: string;
  imapPort: number;
  imapSecurity: 'tls' | 'starttls' | 'none';
  imapUser: string;
  imapAuth: 'password' | 'google' | 'microsoft' | 'other';
  imapFolder: string;
  afterStoring: 'leave' | 'seen' | 'move' | 'delete';
  moveToFolder: string;
  firstLook: 'now' | 'days' | 'all';
  firstLookDays: number;
  authservId: string;
  hasPlusAddresses: boolean;
  sendsConfirmation: boolean;
  smtpHost: string;
  smtpPort: number;
  smtpSecurity: 'tls' | 'starttls' | 'none';
  smtpUser: string;
  smtpAuth: 'password' | 'token';
  smtpPerMinute: number | null;
  asksFirst: boolean;
};

/** As the database would make it. */
export const newAccount: AccountForm = {
  name: '',
  pool: '',
  kind: 'imap',
  imapHost: '',
  imapPort: 993,
  imapSecurity: 'tls',
  imapUser: '',
  imapAuth: 'password',
  imapFolder: 'INBOX',
  afterStoring: 'seen',
  moveToFolder: 'Archive',
  firstLook: 'now',
  firstLookDays: 30,
  authservId: '',
  hasPlusAddresses: true,
  sendsConfirmation: true,
  smtpHost: '',
  smtpPort: 587,
  smtpSecurity: 'starttls',
  smtpUser: '',
  smtpAuth: 'password',
  smtpPerMinute: null,
  asksFirst: false,
};

/** Fields that say by themselves what is wrong. */
export const accountFields = [
  'name',
  'address',
  'imapHost',
  'imapPort',
  'imapUser',
  'imapPassword',
  'imapFolder',
  'moveToFolder',
  'smtpHost',
  'smtpPort',
  'smtpUser',
  'smtpPassword',
  'smtpPerMinute',
  'firstLookDays',
  'authservId',
];

const errors: [RegExp, () => string][] = [
  [/^account\.notConnected$/, m.mailbox_not_connected],
  [/^oauth\.(refused|noRefreshToken)$/, m.mailbox_oauth_refused],
  [/^oauth\.away$/, m.mailbox_oauth_away],
  [/^oauth\.notSetUp$/, m.mailbox_oauth_not_set_up],
  [/^secret\.unreadable$/, m.mailbox_secret_unreadable],
  [/ECONNREFUSED/, m.admin_account_error_refused],
  [/ENOTFOUND|EAI_AGAIN|EAI_NONAME/, m.admin_account_error_unknown],
  [/ETIMEDOUT|timed? ?out/i, m.admin_account_error_slow],
  [/AUTHENTICATIONFAILED|auth|credential/i, m.admin_account_error_sign_in],
  [/CERT|SSL|TLS/i, m.admin_account_error_tls],
];

/** Why no mail comes in: in words where we have some, else as the server said it. */
export function errorWords(error: string): string {
  if (isFault(error)) return faultSentence(error);
  const known = errors.find(([pattern]) => pattern.test(error));
  return known ? known[1]() : m.admin_account_state_error({ error });
}
