import type { Sql } from '#server/database/pool.ts';
import type { Cast } from './cast.ts';

/**
 * Many tickets at one go, in all pools, states and hands, some read by Ben. Grown, not lived: for boards that are too large
 * to be made by commands.
 */
export function plant(owner: Sql, { workspaceId, ben, caretakers }: Cast, count: number): Promise<void> {
  return plantFor(owner, { workspaceId, ben: ben.memberId, group: caretakers }, count);
}

type Owners = { workspaceId: string; ben: string; group: string };

/** The same in another workspace: some for its Ben, some for one of its groups. */
export async function plantFor(owner: Sql, { workspaceId, ben, group }: Owners, count: number): Promise<void> {
  await owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`
      insert into lotse.contacts (workspace_id, name)
      select ${workspaceId}, (array['Jörg Müller ', 'Strauß ', 'İpek Çelik ', 'ΟΔΟΣ ', 'Renée ']) [1 + i % 5] || i
      from generate_series(1, 20) i
    `;
    await sql`
      with pool as (select array_agg(id order by id) as ids from lotse.pools where workspace_id = ${workspaceId}),
      member as (select array_agg(id order by id) as ids from lotse.members where workspace_id = ${workspaceId}),
      contact as (select array_agg(id order by id) as ids from lotse.contacts where workspace_id = ${workspaceId}),
      -- Referring to the row, or one roll of the dice would do for all.
      dice as (
        select
          i, random() + i * 0 as holder, random() + i * 0 as state, random() + i * 0 as pool, random() + i * 0 as priority,
          random() + i * 0 as word, random() + i * 0 as age
        from generate_series(1, ${count}::int) i
      ),
      held as (
        select
          dice.*,
          case when holder < 0.4 then member.ids[1 + floor(holder * 2.5 * cardinality(member.ids))::int] end as member_id,
          case when holder > 0.85 then ${group}::uuid end as group_id
        from dice, member
      )
      insert into lotse.tickets (
        workspace_id, number, subject, pool_id, status, priority, channel, tags, requester_id, responsible_member_id,
        responsible_group_id, owner_ids, created_at, closed_at, waiting_since, last_customer_at, last_message_at
      )
      select
        ${workspaceId}, 10000 + i,
        (array['Heizung kalt', 'STRASSE vereist', 'Straße glatt', 'Aufzug steckt', 'Cafe Café']) [1 + floor(word * 5)::int],
        pool.ids[1 + floor(held.pool * cardinality(pool.ids))::int],
        case
          when state > 0.9 then 'closed'
          when member_id is not null then (array['assigned', 'in_progress', 'done']) [1 + floor(state * 3)::int]
          else (array['open', 'done', 'draft']) [1 + floor(state * 3)::int]
        end,
        (array['low', 'normal', 'high', 'urgent']) [1 + floor(priority * 4)::int],
        (array['mail', 'phone', 'hand']) [1 + i % 3],
        (array['{Notfall}', '{Notfall,eilig}', '{}']::text[]) [1 + i % 3]::text[],
        contact.ids[1 + i % cardinality(contact.ids)],
        member_id, group_id,
        case when word > 0.9 then array[${ben}::uuid] else '{}' end,
        now() - age * interval '1 day', case when state > 0.9 then now() end,
        case when age > 0.5 then now() end, now() - age * interval '1 hour', now()
      from held, pool, contact
    `;
    await sql`
      insert into lotse.ticket_reads (workspace_id, ticket_id, member_id, read_at)
      select workspace_id, id, ${ben}, now() - random() * interval '1 hour'
      from lotse.tickets
      where workspace_id = ${workspaceId} and number % 2 = 0
    `;
  });
  await owner`analyze lotse.tickets`;
}
