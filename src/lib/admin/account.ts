/** What a form about a mail account shows; without the password, which goes in and never comes out. */
export type AccountForm = {
  name: string;
  pool: string;
  kind: 'imap' | 'smtp';
  imapHost: string;
  imapPort: number;
  imapSecurity: 'tls' | 'starttls' | 'none';
  imapUser: string;
  imapFolder: string;
  afterStoring: 'leave' | 'seen' | 'move' | 'delete';
  moveToFolder: string;
  hasPlusAddresses: boolean;
  sendsConfirmation: boolean;
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
  imapFolder: 'INBOX',
  afterStoring: 'seen',
  moveToFolder: 'Archive',
  hasPlusAddresses: true,
  sendsConfirmation: true,
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
];
