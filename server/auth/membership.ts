import { asSystem } from '#server/database/actor.ts';

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
    select m.id as member_id,
      w.id as workspace_id,
      w.slug,
      w.name as workspace,
      w.accent,
      m.name,
      m.email,
      m.role,
      m.language
    from lotse.members m
    join lotse.workspaces w on w.id = m.workspace_id
    where m.user_id = ${userId}
      and m.deactivated_at is null
    order by lower(w.name), w.id
    limit 100
  `,
  );
}

export async function memberIn(userId: string, slug: string): Promise<Membership | null> {
  const memberships = await membersOf(userId);
  return memberships.find((membership) => membership.slug === slug) ?? null;
}
