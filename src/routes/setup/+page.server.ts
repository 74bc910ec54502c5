import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { email, newPassword, personName } from '#server/auth/fields.ts';
import { check, readForm } from '#server/auth/form.ts';
import { clientOf, refusalOf, visitorOf } from '#server/auth/request.ts';
import { isEmpty, setUp } from '#server/auth/setup.ts';
import type { Actions, PageServerLoad } from './$types';

const title = z
  .string({ error: 'title.missing' })
  .trim()
  .min(1, { error: 'title.missing' })
  .max(80, { error: 'title.missing' });
// The same as the check in supabase/migrations; the taken names stand there alone.
const slug = z
  .string({ error: 'slug.invalid' })
  .trim()
  .regex(/^[a-z][a-z0-9-]{1,38}[a-z0-9]$/, { error: 'slug.invalid' });
const key = z.string({ error: 'setup.key' }).trim().min(1, { error: 'setup.key' }).max(100, { error: 'setup.key' });

const setup = z.object({ key, title, slug, name: personName, email, password: newPassword });

export const load: PageServerLoad = async ({ url }) => {
  if (!(await isEmpty())) redirect(303, '/login');
  return { key: url.searchParams.get('key') ?? '' };
};

export const actions: Actions = {
  default: async (event) => {
    const form = await readForm(event.request);
    const { data, refusal: problem } = check(setup, form);
    const refusal = problem ?? (await refusalOf(create(data)));
    const { key: typedKey, title: typedTitle, slug: typedSlug, name: typedName, email: typedEmail } = form;
    const typed = { key: typedKey, title: typedTitle, slug: typedSlug, name: typedName, email: typedEmail };
    if (refusal) return fail(400, { typed, refusal });
    redirect(303, '/');

    function create({ key, title, slug, name, email, password }: z.output<typeof setup>): Promise<void> {
      const workspace = { slug, name: title, language: event.locals.language };
      return setUp(clientOf(event), { key, workspace, administrator: { name, email, password } }, visitorOf(event));
    }
  },
};
