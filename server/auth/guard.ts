import type { Actor } from '#server/database/actor.ts';
import { memberIn, type Membership } from './membership.ts';
import type { Session } from './session.ts';

export type Member = Membership & { id: string };

/** Who this person is in the workspace, or null: not a member and no such workspace look alike. */
export async function memberFor(session: Session | null, slug: string | undefined): Promise<Member | null> {
  const membership = session && slug ? await memberIn(session.userId, slug) : null;
  return membership && { ...membership, id: membership.memberId };
}

export function actorFor({ workspaceId, memberId }: Membership): Actor & { kind: 'member' } {
  return { kind: 'member', workspaceId, memberId };
}
