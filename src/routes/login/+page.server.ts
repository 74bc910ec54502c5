import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { isLanguage, languageCookie } from '#lib/i18n/languages.ts';
import { email, password } from '#server/auth/fields.ts';
import { check, readForm } from '#server/auth/form.ts';
import { localPath } from '#server/auth/next.ts';
import { clientOf, refusalOf, visitorOf } from '#server/auth/request.ts';
import { isEmpty } from '#server/auth/setup.ts';
import { mailLink, signIn } from '#server/auth/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

const yearSeconds = 365 * 24 * 3600;

const credentials = z.object({ email, password });
const address = z.object({ email });

export const load: PageServerLoad = async ({ locals, url }) => {
  if (await isEmpty()) redirect(303, '/setup');
  const next = localPath(url.searchParams.get('next'));
  if (locals.session) redirect(303, next ?? '/');
  return { next };
};

export const actions: Actions = {
  password: async (event) => {
    const form = await readForm(event.request);
    const { data, refusal: problem } = check(credentials, form);
    const refusal = problem ?? (await refusalOf(signIn(clientOf(event), data, visitorOf(event))));
    if (refusal) return fail(400, { email: form['email'] ?? '', refusal });
    redirect(303, localPath(form['next']) ?? '/');
  },

  link: async (event) => {
    const form = await readForm(event.request);
    const { data, refusal: problem } = check(address, form);
    const wish = { email: data?.email ?? '', next: localPath(form['next']) };
    const refusal = problem ?? (await refusalOf(mailLink('magicLink', wish, visitorOf(event))));
    if (refusal) return fail(400, { email: form['email'] ?? '', refusal });
    return { email: wish.email, sent: true };
  },

  language: async ({ request, cookies, url }) => {
    const { language, next } = await readForm(request);
    if (isLanguage(language)) {
      // Not http-only: the browser writes it too (#lib/i18n/document.ts).
      const options = { path: '/', httpOnly: false, secure: url.protocol === 'https:', maxAge: yearSeconds } as const;
      cookies.set(languageCookie, language, { ...options, sameSite: 'lax' });
    }
    redirect(303, localPath(next) ?? '/login');
  },
};
