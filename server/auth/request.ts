import type { SupabaseClient } from '@supabase/supabase-js';
import { AppError, type Refusal } from '#lib/shared/errors.ts';
import { Fault, isFault } from '#lib/shared/faults.ts';
import { faultFrom } from '#server/database/fault.ts';
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
  const refusal = await refusalOf(spendRefresh(address));
  // While nobody can be asked, nobody is signed out.
  if (refusal && isFault(refusal.code)) throw new Fault(refusal.code);
  if (refusal) return null;
  // Refuses, and clears the cookies, where the session was revoked.
  const { data, error } = await clientOf(event).auth.getSession();
  const fault = faultFrom(error);
  if (fault) throw fault;
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
