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
  imapFolder: string;
  afterStoring: 'leave' | 'seen' | 'move' | 'delete';
  moveToFolder: string;
  hasPlusAddresses: boolean;
  sendsConfirmation: boolean;
  asksFirst: boolean;
  createdAt: string;
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
export async function accountFor(address: string): Promise<(Account & { isPaused: boolean }) | null> {
  const bare = address.toLowerCase().replace(/\+[^@]*@/, '@');
  const [account] = await asSystem(
    null,
    ({ sql }) => sql<(Account & { isPaused: boolean })[]>`
    select ${sql.unsafe(columns)}, paused_at is not null as is_paused
    from lotse.mail_accounts
    where address in (${address.toLowerCase()}, ${bare}) and archived_at is null
    order by (address = ${bare})
    limit 1
  `,
  );
  return account ?? null;
}

export type Receiver = Account & {
  /** Every address of the workspace's accounts, archived ones too: mail from them is no customer's. */
  ownAddresses: string[];
  /** The workspace's. */
  language: 'de' | 'en';
};

/** The account that a mail came through, also when it is paused or archived by now. */
export async function receiverOf(id: string): Promise<Receiver | null> {
  const [account] = await asSystem(
    null,
    ({ sql }) => sql<Receiver[]>`
    select
      ${sql.unsafe(columns)},
      (select w.language from lotse.workspaces w where w.id = a.workspace_id) as language,
      array(select o.address from lotse.mail_accounts o where o.workspace_id = a.workspace_id) as own_addresses
    from lotse.mail_accounts a
    where id = ${id}
  `,
  );
  return account ?? null;
}

const columns = `
  id, workspace_id, name, address, pool_id, kind, imap_host, imap_port, imap_security, imap_user, imap_password, imap_folder,
  after_storing, move_to_folder, has_plus_addresses, sends_confirmation, asks_first, created_at
`;
