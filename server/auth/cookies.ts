import { combineChunks, parseCookieHeader, stringFromBase64URL, type CookieOptionsWithName } from '@supabase/ssr';
import { z } from 'zod';

export const cookieName = 'sb-lotse';

const prefix = 'base64-';

const stored = z.object({ access_token: z.string(), refresh_token: z.string() });

export type Stored = { accessToken: string; refreshToken: string };

/** http-only; Lax, so that a link in a mail arrives signed in while a foreign form does not. */
export function cookieOptions(isSecure: boolean): CookieOptionsWithName {
  return { name: cookieName, path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure };
}

/** The tokens in a raw Cookie header as @supabase/ssr wrote them, or null. Nothing here is verified. */
export async function readCookies(header: string | null | undefined): Promise<Stored | null> {
  if (!header?.includes(cookieName)) return null;
  const cookies = new Map(parseCookieHeader(header).map(({ name, value }) => [name, value]));
  const text = await combineChunks(cookieName, (name) => cookies.get(name));
  if (!text?.startsWith(prefix)) return null;
  try {
    const { access_token, refresh_token } = stored.parse(JSON.parse(stringFromBase64URL(text.slice(prefix.length))));
    return { accessToken: access_token, refreshToken: refresh_token };
  } catch {
    // Half a cookie, or one that a stranger made up, is no session.
    return null;
  }
}
