import type { IncomingMessage } from 'node:http';
import { config } from '#server/config.ts';

/**
 * Browsers do not keep one site's pages from another's WebSockets, and send the cookies along; they do say where the page is
 * from. What is no browser sends no Origin and holds nobody's cookies.
 */
export function isOwnOrigin({ headers }: IncomingMessage): boolean {
  const { origin } = headers;
  if (origin === undefined) return true;
  const own = config().origin;
  if (own) return origin === own;
  return URL.parse(origin)?.host === (headers['x-lotse-host'] ?? headers.host);
}
