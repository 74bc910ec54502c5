import { error } from '@sveltejs/kit';
import { membersOf } from '#server/auth/membership.ts';
import type { LayoutServerLoad } from './$types.js';

const yearSeconds = 365 * 24 * 3600;

export const load: LayoutServerLoad = async ({ locals, cookies, url, untrack }) => {
  const { session, member } = locals;
  // Refused in the hooks before; said again, so that what follows may rely on it.
  if (!session || !member) error(404, { id: '', message: '' });
  const memberships = await membersOf(session.userId);
  // Where "/" leads next time.
  // Untracked, or each step from page to page would ask for all this again.
  const secure = untrack(() => url.protocol === 'https:');
  const options = { path: '/', httpOnly: true, secure, maxAge: yearSeconds } as const;
  cookies.set('lotse_workspace', member.slug, { ...options, sameSite: 'lax' });
  return {
    member: { id: member.id, name: member.name, email: member.email, role: member.role, language: member.language },
    workspace: { id: member.workspaceId, slug: member.slug, name: member.workspace, accent: member.accent },
    workspaces: memberships.map(({ slug, workspace }) => ({ slug, name: workspace })),
  };
};
