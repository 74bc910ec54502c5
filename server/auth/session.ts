import { aliveAmong } from './alive.ts';
import { readCookies } from './cookies.ts';
import { gather } from '../gather.ts';
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

/** A session that was signed out, revoked or whose person was banned is not alive. */
export const isAlive = gather(async (sessions: Pick<Session, 'sessionId' | 'userId'>[]) => {
  const alive = await aliveAmong(sessions);
  return ({ sessionId }) => alive.has(sessionId);
});
