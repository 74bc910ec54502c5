import { createHmac, createPublicKey, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';

export type VerifyingKey = { algorithm: 'HS256'; secret: string } | { algorithm: 'ES256' | 'RS256'; key: KeyObject };

/** `issuer` is null where tokens carry none (the App inside the process). */
export type VerifyingKeys = { issuer: string | null; find(keyId: string | undefined): Promise<VerifyingKey | null> };

export type Claims = { userId: string; sessionId: string; email: string; expiresAt: Date };

const header = z.object({ alg: z.enum(['HS256', 'ES256', 'RS256']), kid: z.string().max(200).optional() });
const payload = z.object({
  sub: z.uuid(),
  session_id: z.uuid(),
  aud: z.literal('authenticated'),
  email: z.string().max(254),
  iss: z.string().optional(),
  exp: z.number().int(),
});

// A token of 4 KB is a stranger's: ours are about 400 bytes, a project's with its claims about 1,000.
const longestToken = 4096;

/** The claims of an access token that is ours and still runs, else null. Asks no server unless a key is unknown. */
export async function verifyToken(token: string, keys: VerifyingKeys): Promise<Claims | null> {
  const claims = await claimsOf(token, keys);
  return claims && Number(claims.expiresAt) > Date.now() ? claims : null;
}

/** The same of one that ran out, too: enough to ask the auth server for a new one, and for nothing else. */
export async function claimsOf(token: string, keys: VerifyingKeys): Promise<Claims | null> {
  const [head, body, signature, ...rest] = token.length > longestToken ? [] : token.split('.');
  if (!head || !body || !signature || rest.length > 0) return null;
  const { data: named } = header.safeParse(decode(head));
  if (!named) return null;
  const key = await keys.find(named.kid);
  // The key says its algorithm; what the token says may only agree (RFC 8725 §3.1).
  if (!key || key.algorithm !== named.alg) return null;
  if (!isSigned(key, `${head}.${body}`, Buffer.from(signature, 'base64url'))) return null;
  const { data: claims } = payload.safeParse(decode(body));
  if (!claims) return null;
  if (keys.issuer !== null && claims.iss !== keys.issuer) return null;
  return {
    userId: claims.sub,
    sessionId: claims.session_id,
    email: claims.email,
    expiresAt: new Date(claims.exp * 1000),
  };
}

function isSigned(key: VerifyingKey, signed: string, signature: Buffer): boolean {
  if (key.algorithm === 'HS256') {
    const expected = createHmac('sha256', key.secret).update(signed).digest();
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  }
  // JWS writes an ECDSA signature as r ‖ s (RFC 7518 §3.4), not as DER.
  return verify('sha256', Buffer.from(signed), { key: key.key, dsaEncoding: 'ieee-p1363' }, signature);
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const jwk = z.object({ kty: z.enum(['EC', 'RSA']), kid: z.string().optional() }).loose();

/** A public key out of a project's key set, or null for kinds that we do not take. */
export function keyFrom(value: unknown): { keyId: string | undefined; key: VerifyingKey } | null {
  const { data } = jwk.safeParse(value);
  if (!data) return null;
  const key = createPublicKey({ key: { ...data }, format: 'jwk' });
  return { keyId: data.kid, key: { algorithm: data.kty === 'EC' ? 'ES256' : 'RS256', key } };
}
