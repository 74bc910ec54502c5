import { asSystem } from '#server/database/actor.ts';
import { rooms } from './events.ts';

/** Whose events somebody is sent, as of `seq`. */
export type Rights = { seq: number; rooms: ReadonlySet<string> };

type Row = { memberId: string; isModerator: boolean; groups: string[]; pools: string[]; seq: number };

/**
 * The rooms of these members; deactivated ones are missing. Says what private.pools() and private.groups() say, for many at
 * once. Moderators see every ticket through one room: in its pool's too they would be told that a ticket left which they still see.
 */
export async function rightsOf(workspaceId: string, memberIds: string[]): Promise<Map<string, Rights>> {
  const rows = await asSystem(
    workspaceId,
    ({ sql }) => sql<Row[]>`
      with asked as (
        select m.id, m.role in ('administrator', 'moderator') as is_moderator
        from lotse.members m
        where m.workspace_id = ${workspaceId}
          and m.id = any (${memberIds}::uuid[])
          and m.deactivated_at is null
      ),
      grouped as (
        select gm.member_id, gm.group_id
        from lotse.group_members gm
        join asked a on a.id = gm.member_id
        where gm.workspace_id = ${workspaceId}
      ),
      -- Two joins, each over an index: one with "or" compares every member asked for with every access there is.
      granted as (
        select pa.member_id, pa.pool_id
        from lotse.pool_access pa
        join asked a on a.id = pa.member_id
        where pa.workspace_id = ${workspaceId} and not a.is_moderator
        union
        select g.member_id, pa.pool_id
        from lotse.pool_access pa
        join grouped g on g.group_id = pa.group_id
        join asked a on a.id = g.member_id
        where pa.workspace_id = ${workspaceId} and not a.is_moderator
      ),
      seen as (
        select member_id, pool_id from granted
        union
        select g.member_id, p.id
        from granted g
        join lotse.pools p on p.parent_id = g.pool_id
        where p.workspace_id = ${workspaceId}
      ),
      grouped_by_member as (select member_id, array_agg(group_id) as groups from grouped group by member_id),
      seen_by_member as (select member_id, array_agg(pool_id) as pools from seen group by member_id)
      select
        a.id as member_id,
        a.is_moderator,
        coalesce(g.groups, '{}') as groups,
        coalesce(s.pools, '{}') as pools,
        (select c.event_seq from lotse.workspace_counters c where c.workspace_id = ${workspaceId}) as seq
      from asked a
      left join grouped_by_member g on g.member_id = a.id
      left join seen_by_member s on s.member_id = a.id
    `,
    { readOnly: true },
  );
  return new Map(rows.map((row) => [row.memberId, { seq: row.seq, rooms: roomsOf(row) }]));
}

function roomsOf({ memberId, isModerator, groups, pools }: Row): ReadonlySet<string> {
  return new Set([
    rooms.staff,
    rooms.member(memberId),
    ...(isModerator ? [rooms.moderators] : []),
    ...groups.map(rooms.group),
    ...pools.map(rooms.pool),
  ]);
}

export type LinkRights = Rights & { ticketId: string; audience: string[]; customerSeq: number };

/** The rooms of the holders of these links; missing where the link ended or the ticket is not public (any more). */
export async function rightsOfLinks(workspaceId: string, linkIds: string[]): Promise<Map<string, LinkRights>> {
  const rows = await asSystem(
    workspaceId,
    ({ sql }) => sql<{ linkId: string; ticketId: string; audience: string[]; customerSeq: number; seq: number }[]>`
      select
        l.id as link_id, t.id as ticket_id, t.audience,
        coalesce(
          (select max(e.customer_seq) from lotse.events e where e.ticket_id = t.id and e.class = 'customer'),
          0
        ) as customer_seq,
        (select c.event_seq from lotse.workspace_counters c where c.workspace_id = ${workspaceId}) as seq
      from lotse.ticket_links l
      join lotse.tickets t on t.workspace_id = l.workspace_id and t.id = l.ticket_id
      join lotse.ticket_customers tc on tc.ticket_id = l.ticket_id and tc.contact_id = l.contact_id and tc.verified
      where l.workspace_id = ${workspaceId}
        and l.id = any (${linkIds}::uuid[])
        and l.revoked_at is null
        and l.expires_at > now()
        and t.visibility = 'public'
        and t.status <> 'draft'
    `,
    { readOnly: true },
  );
  return new Map(
    rows.map(({ linkId, ticketId, audience, customerSeq, seq }) => [
      linkId,
      { seq, rooms: new Set([rooms.customer(ticketId)]), ticketId, audience, customerSeq },
    ]),
  );
}

/** The rooms that hear of each of these tickets, as far as they are in this workspace. */
export async function audiencesOf(workspaceId: string, ticketIds: string[]): Promise<Map<string, string[]>> {
  const rows = await asSystem(
    workspaceId,
    ({ sql }) => sql<{ id: string; audience: string[] }[]>`
      select id, audience from lotse.tickets where workspace_id = ${workspaceId} and id = any (${ticketIds}::uuid[])
    `,
    { readOnly: true },
  );
  return new Map(rows.map(({ id, audience }) => [id, audience]));
}
