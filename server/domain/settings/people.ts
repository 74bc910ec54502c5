import type { Role } from '#lib/shared/ticket.ts';
import type { Tx } from '#server/database/actor.ts';
import type { OutgoingMail } from '../outbox.ts';

export type Person = {
  id: string;
  name: string;
  email: string;
  role: Role;
  isActive: boolean;
  joinedAt: string;
};

/** The team, who works here now first. */
export function people({ sql }: Tx): Promise<Person[]> {
  return sql<Person[]>`
    select id, name, email, role, deactivated_at is null as is_active, created_at as joined_at
    from lotse.members
    order by deactivated_at is not null, name collate "de-x-icu", id
    limit 1000
  `;
}

export type Invited = {
  id: string;
  name: string;
  email: string;
  role: Role;
  expiresAt: string;
  isExpired: boolean;
  /** The mail it leaves with, as on the page for outgoing mail. */
  mail: Pick<OutgoingMail, 'id' | 'state' | 'response'> | null;
};

/** Invitations that nobody has accepted or revoked; those that ran out stay visible for a month. */
export function invitations({ sql }: Tx): Promise<Invited[]> {
  return sql<Invited[]>`
    select
      i.id, i.name, i.email, i.role, i.expires_at, i.expires_at < now() as is_expired,
      (
        select jsonb_build_object('id', o.id, 'state', o.state, 'response', o.response)
        from lotse.outgoing_mails o
        where o.kind = 'invitation' and o.to_address = i.email and o.created_at >= i.created_at
        order by o.created_at
        limit 1
      ) as mail
    from lotse.invitations i
    where i.accepted_at is null and i.revoked_at is null and i.expires_at > now() - interval '30 days'
    order by i.created_at desc
    limit 200
  `;
}

export type GroupSetting = {
  id: string;
  name: string;
  isArchived: boolean;
  members: string[];
  pools: string[];
};

/** Groups with who belongs to them and the pools they open. */
export function groupSettings({ sql }: Tx): Promise<GroupSetting[]> {
  return sql<GroupSetting[]>`
    select
      g.id, g.name, g.archived_at is not null as is_archived,
      array(select gm.member_id from lotse.group_members gm where gm.group_id = g.id) as members,
      array(
        select p.name
        from lotse.pool_access a
        join lotse.pools p on p.id = a.pool_id
        where a.group_id = g.id
        order by p.position
      ) as pools
    from lotse.groups g
    order by g.archived_at is not null, g.name collate "de-x-icu", g.id
    limit 500
  `;
}
