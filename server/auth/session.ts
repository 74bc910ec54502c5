import { asSystem } from '#server/database/actor.ts';
import { readCookies } from './cookies.ts';
import { authHome } from './home.ts';
import { verifyToken, type Claims } from './tokens.ts';

/** `expiresAt` is the end of the access token; the session itself goes on until it is revoked (see `isAlive`). */
export type Session = Claims;

/**
 * Who holds these cookies (a raw Cookie header), or null. The token is verified here; one query asks whether its session was
 * revoked. The auth server is not asked.
 */
export async function sessionFrom(cookieHeader: string | null | undefined): Promise<Session | null> {
  const stored = await readCookies(cookieHeader);
  return stored ? sessionOf(stored.accessToken) : null;
}

export async function sessionOf(accessToken: string): Promise<Session | null> {
  const claims = await verifyToken(accessToken, authHome().keys);
  return claims && (await isAlive(claims)) ? claims : null;
}

/** For sockets, each minute: a session that was signed out, revoked or whose person was banned is not alive. */
export async function isAlive({ sessionId, userId }: Pick<Session, 'sessionId' | 'userId'>): Promise<boolean> {
  const [row] = await asSystem(
    null,
    ({ sql }) => sql<{ alive: boolean }[]>`
    select private.session_is_alive(${sessionId}, ${userId}) as alive
  `,
  );
  return row?.alive ?? false;
}
