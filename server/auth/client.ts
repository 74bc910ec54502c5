import { createServerClient } from '@supabase/ssr';
import { cookieName, cookieOptions } from './cookies.ts';
import { authHome } from './home.ts';
import { shareRefreshes } from './refresh.ts';

/** What we need of SvelteKit's cookies. */
export type CookieJar = {
  getAll(): { name: string; value: string }[];
  set(name: string, value: string, options: { path: string } & Record<string, unknown>): void;
};

/** A client for one request, which writes its session into the cookies of that request's answer. */
export function clientFor(jar: CookieJar, isSecure: boolean) {
  const home = authHome();
  return createServerClient(home.url, home.publishableKey, {
    cookieOptions: cookieOptions(isSecure),
    cookies: {
      // The person's data stay in the database; a cookie holds the tokens alone.
      encode: 'tokens-only',
      getAll: () => jar.getAll().filter(({ name }) => name.startsWith(cookieName)),
      setAll: (cookies) => {
        for (const { name, value, options } of cookies) jar.set(name, value, { ...options, path: '/' });
      },
    },
    global: { fetch: shareRefreshes(home) },
  });
}
