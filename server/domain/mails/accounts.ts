import { asSystem } from '#server/database/actor.ts';

export type Account = {
  id: string;
  workspaceId: string;
  name: string;
  address: string;
  poolId: string;
  kind: 'imap' | 'smtp';
  imapHost: string;
  imapPort: number;
  imapSecurity: 'tls' | 'starttls' | 'none';
  imapUser: string;
  imapPassword: string;
  imapAuth: 'password' | 'google' | 'microsoft' | 'other';
  oauthConnectedAt: string | null;
  imapFolder: string;
  /** How many mailboxes it had before this one. */
  mailbox: number;
  afterStoring: 'leave' | 'seen' | 'move' | 'delete';
  moveToFolder: string;
  hasPlusAddresses: boolean;
  sendsConfirmation: boolean;
  asksFirst: boolean;
  /** The mail server whose Authentication-Results are believed; '' for none. */
  authservId: string;
  createdAt: string;
  /** What of an old mailbox is taken up at the first look. */
  firstLook: 'now' | 'days' | 'all';
  firstLookDays: number;
};

/** IMAP accounts that should be watched now, in every workspace. */
export function activeAccounts(): Promise<Account[]> {
  return asSystem(
    null,
    ({ sql }) => sql<Account[]>`
    select ${sql.unsafe(columns)}
    from lotse.mail_accounts
    where archived_at is null and paused_at is null and kind = 'imap'
    order by created_at
  `,
  );
}

/**
 * The account an address is delivered to, with or without a sub-address (`desk+1042.…@`), also a paused one; null when it
 * is not ours.
 */
export function accountFor(address: string): Promise<Addressed | null> {
  const wanted = address.toLowerCase();
  const asked = asking.get(wanted) ?? find(wanted).finally(() => asking.delete(wanted));
  asking.set(wanted, asked);
  return asked;
}

/** `isChecked`: somebody checks it just now. */
export type Addressed = Account & { isPaused: boolean; isChecked: boolean };

/** Of many connections that name one address at once, one asks. */
const asking = new Map<string, Promise<Addressed | null>>();

async function find(address: string): Promise<Addressed | null> {
  const bare = address.replace(/\+[^@]*@/, '@');
  const [account] = await asSystem(
    null,
    ({ sql }) => sql<Addressed[]>`
    select
      ${sql.unsafe(columns)}, paused_at is not null as is_paused,
      exists (select from lotse.account_checks c where c.account_id = a.id and c.state = 'running') as is_checked
    from lotse.mail_accounts a
    where address in (${address}, ${bare}) and archived_at is null
    order by (address = ${bare})
    limit 1
  `,
    { readOnly: true },
  );
  return account ?? null;
}

export type Receiver = Account & {
  /** Every address of the workspace's accounts, archived ones too: mail from them is no customer's. */
  ownAddresses: string[];
  /** The workspace's. */
  language: 'de' | 'en';
};

/** The accounts that mails came through, also when they are paused or archived by now, by their ids. */
export async function receiversOf(ids: string[]): Promise<Map<string, Receiver>> {
  const accounts = await asSystem(
    null,
    ({ sql }) => sql<Receiver[]>`
    select
      ${sql.unsafe(columns)},
      (select w.language from lotse.workspaces w where w.id = a.workspace_id) as language,
      array(select o.address from lotse.mail_accounts o where o.workspace_id = a.workspace_id) as own_addresses
    from lotse.mail_accounts a
    where id = any (${[...new Set(ids)]}::uuid[])
  `,
    { readOnly: true },
  );
  return new Map(accounts.map((account) => [account.id, account]));
}

const columns = `
  id, workspace_id, name, address, pool_id, kind, imap_host, imap_port, imap_security, imap_user, imap_password, imap_folder, mailbox,
  after_storing, move_to_folder, has_plus_addresses, sends_confirmation, asks_first, created_at,
  first_look, first_look_days, imap_auth, oauth_connected_at, authserv_id
`;
