import type { SupabaseClient } from '@supabase/supabase-js';
import { AppError, type Refusal } from '#lib/shared/errors.ts';
import { clientFor, type CookieJar } from './client.ts';
import { readCookies } from './cookies.ts';
import { forgiveRefresh, spendRefresh } from './limits.ts';
import { sessionFrom, sessionOf, type Session } from './session.ts';
import type { Visitor } from './sign-in.ts';

/** What we need of SvelteKit's event. */
type Request = {
  request: { headers: Headers };
  cookies: CookieJar;
  url: URL;
  getClientAddress(): string;
};

/** The session of a page request. An access token that ran out is renewed on the way, which writes new cookies. */
export async function sessionFor(event: Request): Promise<Session | null> {
  const header = event.request.headers.get('cookie');
  const session = await sessionFrom(header);
  if (session) return session;
  if (!(await readCookies(header))) return null;
  const address = event.getClientAddress();
  if (await refusalOf(spendRefresh(address))) return null;
  // Refuses, and clears the cookies, where the session was revoked.
  const { data } = await clientOf(event).auth.getSession();
  if (!data.session) return null;
  await forgiveRefresh(address);
  return sessionOf(data.session.access_token);
}

export function clientOf({ cookies, url }: Request): SupabaseClient {
  return clientFor(cookies, url.protocol === 'https:');
}

export function visitorOf({ request, getClientAddress }: Request): Visitor {
  return { address: getClientAddress(), userAgent: (request.headers.get('user-agent') ?? '').slice(0, 300) };
}

/** The refusal of an expected error, for a form to show; anything else rises. */
export async function refusalOf(work: Promise<unknown>): Promise<Refusal | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, detail: error.detail };
    throw error;
  }
}
