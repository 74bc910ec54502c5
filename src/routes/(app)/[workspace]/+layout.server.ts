import { error } from '@sveltejs/kit';
import { membersOf } from '#server/auth/membership.ts';
import { inboxKey } from '#lib/inbox/key.ts';
import { outboxKey } from '#lib/outbox/key.ts';
import { reading } from '#lib/ticket/found.server.ts';
import { ownTroubled } from '#server/domain/outbox/own.ts';
import { waitingCount } from '#server/domain/inbox.ts';
import type { LayoutServerLoad } from './$types.js';

const yearSeconds = 365 * 24 * 3600;

export const load: LayoutServerLoad = async ({ locals, cookies, url, untrack, depends }) => {
  depends(inboxKey, outboxKey);
  const { session, member } = locals;
  // Refused in the hooks before; said again, so that what follows may rely on it.
  if (!session || !member) error(404, { id: '', message: '' });
  const [memberships, [waiting, troubled]] = await Promise.all([
    membersOf(session.userId),
    reading({ locals }, (tx) => Promise.all([waitingCount(tx), ownTroubled(tx)])),
  ]);
  // Where "/" leads next time.
  // Untracked, or each step from page to page would ask for all this again.
  const secure = untrack(() => url.protocol === 'https:');
  const options = { path: '/', httpOnly: true, secure, maxAge: yearSeconds } as const;
  cookies.set('lotse_workspace', member.slug, { ...options, sameSite: 'lax' });
  return {
    member: { id: member.id, name: member.name, email: member.email, role: member.role, language: member.language },
    workspace: { id: member.workspaceId, slug: member.slug, name: member.workspace, accent: member.accent },
    /** Mails that wait for a person; null for who has no inbox to look into. */
    waiting,
    /** His own outgoing mails that need him. */
    troubled,
    workspaces: memberships.map(({ slug, workspace }) => ({ slug, name: workspace })),
  };
};
