import { redirect } from '@sveltejs/kit';
import { readForm } from '#server/auth/form.ts';
import { localPath } from '#server/auth/next.ts';
import { clientOf } from '#server/auth/request.ts';
import { signOut } from '#server/auth/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

/** Opening the address only shows the button: any page could make a browser open it. */
export const load: PageServerLoad = ({ locals }) => {
  if (!locals.session) redirect(303, '/login');
  return { email: locals.session.email };
};

export const actions: Actions = {
  default: async (event) => {
    const { next } = await readForm(event.request);
    await signOut(clientOf(event), event.locals.session);
    redirect(303, localPath(next) ?? '/login');
  },
};
