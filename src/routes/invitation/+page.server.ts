import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { newPassword, personName } from '#server/auth/fields.ts';
import { check, readForm } from '#server/auth/form.ts';
import { accept, invited, join } from '#server/auth/invitations.ts';
import { clientOf, refusalOf, visitorOf } from '#server/auth/request.ts';
import type { Actions, PageServerLoad } from './$types';

const token = z.string({ error: 'invitation.invalid' }).regex(/^[\w-]{43}$/, { error: 'invitation.invalid' });
const acceptance = z.object({ token, name: personName, password: newPassword });
const joining = z.object({ token });

/** Shows whose invitation it is; only the button accepts. */
export const load: PageServerLoad = async ({ url, locals }) => {
  const given = token.safeParse(url.searchParams.get('token'));
  const invitation = given.success ? await invited(given.data, locals.session) : null;
  if (!given.success || !invitation) return { invitation: null };
  const { workspaceName, email, name, role, step } = invitation;
  return {
    invitation: { token: given.data, workspaceName, email, name, role, step, current: locals.session?.email ?? '' },
  };
};

export const actions: Actions = {
  accept: async (event) => {
    const form = await readForm(event.request);
    const { data, refusal: problem } = check(acceptance, form);
    const refusal = problem ?? (await refusalOf(accept(clientOf(event), data, visitorOf(event))));
    if (refusal) return fail(400, { name: form['name'] ?? '', refusal });
    redirect(303, '/');
  },

  join: async (event) => {
    const { data, refusal: problem } = check(joining, await readForm(event.request));
    const { session } = event.locals;
    if (!session) redirect(303, '/login');
    const refusal = problem ?? (await refusalOf(join(data.token, session)));
    if (refusal) return fail(400, { name: '', refusal });
    redirect(303, '/');
  },
};
