import { redirect } from '@sveltejs/kit';
import { membersOf } from '#server/auth/membership.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals, cookies }) => {
  if (!locals.session) redirect(303, '/login');
  const memberships = await membersOf(locals.session.userId);
  const last = cookies.get('lotse_workspace');
  const home = memberships.find(({ slug }) => slug === last) ?? memberships[0];
  if (home) redirect(303, `/${home.slug}/board`);
  // Signed in and a member of nothing: the page says so.
  return { email: locals.session.email };
};
