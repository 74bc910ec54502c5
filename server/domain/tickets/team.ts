import type { OpenTicket } from '#lib/shared/opened.ts';
import type { Tx } from '#server/database/actor.ts';

/** Whom a ticket can be given to, and where it can be moved: the names behind the ids of a card. */
export async function teamOf({ sql }: Tx): Promise<OpenTicket['team']> {
  const [people, groups, pools] = await Promise.all([
    sql<OpenTicket['team']['people'][number][]>`
      select id, name, deactivated_at is null as is_active
      from lotse.members
      order by name collate "de-x-icu", id
    `,
    sql<OpenTicket['team']['groups'][number][]>`
      select id, name from lotse.groups where archived_at is null order by name collate "de-x-icu", id
    `,
    sql<OpenTicket['team']['pools'][number][]>`
      select id, parent_id as parent, name, archived_at is not null as is_archived
      from lotse.pools
      order by position, id
    `,
  ]);
  return { people, groups, pools };
}
