import type { Tx } from '#server/database/actor.ts';

export type PoolSetting = {
  id: string;
  parent: string | null;
  name: string;
  claimBeforeWork: boolean;
  notificationAddress: string | null;
  group: string | null;
  isArchived: boolean;
  /** All that ever were filed here and still are, ended ones too: what would have to move. */
  tickets: number;
  open: number;
  /** Mail accounts that file here; the pool cannot go while there are any. */
  accounts: string[];
  /** Granted here; a sub pool inherits its main one's on top. */
  members: string[];
  groups: string[];
};

/** Pools as one would list them: each main one followed by its own. */
export function poolSettings({ sql }: Tx): Promise<PoolSetting[]> {
  return sql<PoolSetting[]>`
    select
      p.id, p.parent_id as parent, p.name, p.claim_before_work, p.notification_address, p.group_id as group,
      p.archived_at is not null as is_archived,
      (select count(*)::int from lotse.tickets t where t.pool_id = p.id) as tickets,
      (
        select count(*)::int from lotse.tickets t where t.pool_id = p.id and t.status not in ('closed', 'cancelled')
      ) as open,
      array(
        select a.name from lotse.mail_accounts a where a.pool_id = p.id and a.archived_at is null order by a.name
      ) as accounts,
      array(select a.member_id from lotse.pool_access a where a.pool_id = p.id and a.member_id is not null) as members,
      array(select a.group_id from lotse.pool_access a where a.pool_id = p.id and a.group_id is not null) as groups
    from lotse.pools p
    left join lotse.pools main on main.id = p.parent_id
    order by coalesce(main.position, p.position), coalesce(main.id, p.id), p.parent_id is not null, p.position, p.id
    limit 500
  `;
}
