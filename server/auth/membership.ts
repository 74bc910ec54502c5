import { asSystem } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import { gather } from '../gather.ts';

export type Membership = {
  memberId: string;
  workspaceId: string;
  slug: string;
  workspace: string;
  accent: string;
  name: string;
  email: string;
  role: 'administrator' | 'moderator' | 'member';
  language: 'de' | 'en';
};

/** Where this person works, by name. Bound by the account's id alone: what an address or a claim says counts for nothing. */
export function membersOf(userId: string): Promise<Membership[]> {
  return asSystem(
    null,
    ({ sql }) => sql<Membership[]>`
      select ${columns(sql)}
      from lotse.members m
      join lotse.workspaces w on w.id = m.workspace_id
      where m.user_id = ${userId}
        and m.deactivated_at is null
      order by lower(w.name), w.id
      limit 100
    `,
    { readOnly: true },
  );
}

/** As the table knows them. Others' questions go along in the same query, which one odd name must not spoil. */
const slugs = /^[a-z][a-z0-9-]{1,39}$/;

export async function memberIn(userId: string, slug: string): Promise<Membership | null> {
  return slugs.test(slug) ? membershipOf({ userId, slug }) : null;
}

type Place = { userId: string; slug: string };

const membershipOf = gather(async (places: Place[]) => {
  const rows = await asSystem(
    null,
    ({ sql }) => sql<(Membership & { userId: string })[]>`
      select distinct m.user_id, ${columns(sql)}
      from unnest(${places.map(({ userId }) => userId)}::uuid[], ${places.map(({ slug }) => slug)}::text[]) as asked (user_id, slug)
      join lotse.workspaces w on w.slug = asked.slug
      join lotse.members m on m.workspace_id = w.id and m.user_id = asked.user_id
      where m.deactivated_at is null
    `,
    { readOnly: true },
  );
  const found = new Map(rows.map(({ userId, ...membership }) => [`${userId} ${membership.slug}`, membership]));
  return ({ userId, slug }) => found.get(`${userId} ${slug}`) ?? null;
});

function columns(sql: TransactionSql) {
  return sql`
    m.id as member_id, w.id as workspace_id, w.slug, w.name as workspace, w.accent, m.name, m.email, m.role, m.language
  `;
}
