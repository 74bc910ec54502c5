import { closeAuth, openAuth } from '#server/auth/home.ts';
import type { Member } from '../support/cast.ts';
import { signInAs, slugOf } from '../support/live.ts';
import type { Desk } from './desk.ts';

export type Staff = { slug: string; people: { member: Member; cookie: string }[] };

/** So many more members, each signed in once, who all see the pool of the desk. */
export async function hire({ owner, url, cast, drop }: Desk, count: number): Promise<Staff> {
  const { workspaceId, heating } = cast;
  const rows = await owner<{ id: string; userId: string; name: string }[]>`
    with hired as (
      insert into lotse.members (workspace_id, user_id, role, name, email, language)
      select ${workspaceId}, gen_random_uuid(), 'member', 'Hand ' || i, 'hand.' || i || '@nordlicht.example', 'de'
      from generate_series(1, ${count}::int) i
      returning id, user_id, name
    ),
    let_in as (
      insert into lotse.pool_access (workspace_id, pool_id, member_id)
      select ${workspaceId}, ${heating}, id from hired
    )
    select id, user_id, name from hired
  `;
  await owner`analyze`;
  await openAuth({ databaseUrl: url, supabase: null });
  try {
    const database = { url, owner, drop };
    const people = rows.map(async ({ id, userId, name }) => {
      const member: Member = { kind: 'member', workspaceId, memberId: id, userId, name };
      return { member, cookie: (await signInAs(database, member)).cookie };
    });
    return { slug: await slugOf(database, workspaceId), people: await Promise.all(people) };
  } finally {
    await closeAuth();
  }
}
