import type { SupabaseClient } from '@supabase/supabase-js';
import { AppError, type Refusal } from '#lib/shared/errors.ts';
import { Fault, isFault } from '#lib/shared/faults.ts';
import { faultFrom } from '#server/database/fault.ts';
import { clientFor, type CookieJar } from './client.ts';
import { authHome } from './home.ts';
import { readCookies } from './cookies.ts';
import { forgiveRefresh, spendRefresh } from './limits.ts';
import { sessionFrom, sessionOf, type Session } from './session.ts';
import type { Visitor } from './sign-in.ts';
import { claimsOf } from './tokens.ts';

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
  const stored = await readCookies(header);
  // The auth server answers so many refreshes to all of us together: a cookie that somebody made up costs none of them.
  const expired = stored && (await claimsOf(stored.accessToken, authHome().keys));
  if (!expired) return null;
  // While nobody can be asked, nobody is signed out; nor because his own pages ask too much at once.
  const refusal = await refusalOf(spendRefresh(expired.sessionId));
  if (refusal) throw new Fault(isFault(refusal.code) ? refusal.code : 'busy');
  // Refuses, and clears the cookies, where the session was revoked.
  const { data, error } = await clientOf(event).auth.getSession();
  const fault = faultFrom(error);
  if (fault) throw fault;
  if (!data.session) return null;
  await forgiveRefresh(expired.sessionId);
  return sessionOf(data.session.access_token);
}

export function clientOf({ cookies, url }: Request): SupabaseClient {
  return clientFor(cookies, url.protocol === 'https:');
}

export function visitorOf({ request, getClientAddress }: Request): Visitor {
  return { address: getClientAddress(), userAgent: (request.headers.get('user-agent') ?? '').slice(0, 300) };
}

/** The refusal of an expected error or of trouble that passes, for a form to show; anything else rises. */
export async function refusalOf(work: Promise<unknown>): Promise<Refusal | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, detail: error.detail };
    if (error instanceof Fault) return { code: error.code, detail: { retryAfterSeconds: error.retryAfterSeconds } };
    throw error;
  }
}
