import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { languageCookie, languages } from '#lib/i18n/languages.ts';
import { localPath } from '#server/auth/next.ts';
import { execute } from '#server/execute.ts';
import type { RequestHandler } from './$types';

const yearSeconds = 365 * 24 * 3600;
const wish = z.object({ language: z.enum(languages), next: z.string().max(2_000).optional() });

/** A member's language is the member's, on every device and in every mail; the cookie is for the pages before sign-in. */
export const POST: RequestHandler = async ({ locals, request, cookies, url, params }) => {
  const home = `/${params.workspace}/board`;
  const { data } = wish.safeParse(Object.fromEntries(await request.formData()));
  if (!data || !locals.member) redirect(303, home);
  const { id, workspaceId } = locals.member;
  const actor = { kind: 'member', workspaceId, memberId: id } as const;
  await execute(actor, {
    id: crypto.randomUUID(),
    name: 'member.change',
    input: { member: id, language: data.language },
  });
  const options = { path: '/', httpOnly: false, secure: url.protocol === 'https:', maxAge: yearSeconds } as const;
  cookies.set(languageCookie, data.language, { ...options, sameSite: 'lax' });
  redirect(303, localPath(data.next) ?? home);
};
