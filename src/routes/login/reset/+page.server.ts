import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { email } from '#server/auth/fields.ts';
import { check, readForm } from '#server/auth/form.ts';
import { refusalOf, visitorOf } from '#server/auth/request.ts';
import { mailLink } from '#server/auth/sign-in.ts';
import type { Actions } from './$types';

const address = z.object({ email });

export const actions: Actions = {
  default: async (event) => {
    const form = await readForm(event.request);
    const { data, refusal: problem } = check(address, form);
    const wish = { email: data?.email ?? '', next: null };
    const refusal = problem ?? (await refusalOf(mailLink('passwordReset', wish, visitorOf(event))));
    if (refusal) return fail(400, { email: form['email'] ?? '', refusal });
    return { email: wish.email, sent: true };
  },
};
