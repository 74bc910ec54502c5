import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { newPassword, tokenHash } from '#server/auth/fields.ts';
import { check, readForm } from '#server/auth/form.ts';
import { localPath } from '#server/auth/next.ts';
import { clientOf, refusalOf, visitorOf } from '#server/auth/request.ts';
import { confirmLink } from '#server/auth/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

const link = z.object({ token_hash: tokenHash });
// The password is looked at first: a link is used up once, and must not be lost to a password that is too short.
const reset = link.extend({ password: newPassword });

/** Only shows the button. Nothing is checked here, so that a scanner learns and changes nothing. */
export const load: PageServerLoad = ({ url }) => ({
  tokenHash: url.searchParams.get('token_hash') ?? '',
  isReset: url.searchParams.has('reset'),
  next: localPath(url.searchParams.get('next')),
});

export const actions: Actions = {
  signIn: async (event) => {
    const form = await readForm(event.request);
    const { data, refusal: problem } = check(link, form);
    const use = { tokenHash: data?.token_hash ?? '', password: null };
    const refusal = problem ?? (await refusalOf(confirmLink(clientOf(event), use, visitorOf(event))));
    if (refusal) return fail(400, { refusal });
    redirect(303, localPath(form['next']) ?? '/');
  },

  reset: async (event) => {
    const form = await readForm(event.request);
    const { data, refusal: problem } = check(reset, form);
    const use = { tokenHash: data?.token_hash ?? '', password: data?.password ?? '' };
    const refusal = problem ?? (await refusalOf(confirmLink(clientOf(event), use, visitorOf(event))));
    if (refusal) return fail(400, { refusal });
    redirect(303, '/');
  },
};
