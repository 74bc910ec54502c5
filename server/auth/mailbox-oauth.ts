import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '#lib/shared/errors.ts';
import { config, type OauthClient } from '#server/config.ts';
import { seal, unseal } from '#server/sealed.ts';

/*
 * How a mailbox at Google, Microsoft or an own sign-in server is opened: somebody agrees there once (authorisation code with PKCE,
 * RFC 7636), we keep the refresh token and draw a short access token for each connection (XOAUTH2).
 */

export type Provider = 'google' | 'microsoft' | 'other';

const timeoutMs = 15_000;
const consentMinutes = 10;
const statePurpose = 'oauth state';

/** Sealed, so that nobody else can begin or change it; it comes back through the person's browser. */
const stateShape = z.object({
  provider: z.enum(['google', 'microsoft', 'other']),
  account: z.uuid(),
  member: z.uuid(),
  workspace: z.string(),
  verifier: z.string(),
  endsAt: z.number(),
});
export type Consent = z.infer<typeof stateShape>;

type Begin = { provider: Provider; account: string; member: string; workspace: string; user: string };

export function providers(): Provider[] {
  const { oauth } = config();
  return (['google', 'microsoft', 'other'] as const).filter((name) => oauth[name]);
}

/** Where the browser comes back to; this is what is registered at the provider. */
export function returnAddress(): string {
  return `${config().address}/oauth/mail`;
}

/** The page of the provider at which somebody agrees. @throws AppError `oauth.notSetUp` */
export function consentAddress({ provider, user, ...who }: Begin): string {
  const client = clientOf(provider);
  const verifier = randomBytes(32).toString('base64url');
  const state: Consent = { provider, ...who, verifier, endsAt: Date.now() + consentMinutes * 60_000 };
  const address = new URL(client.authorizeUrl);
  const query = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: returnAddress(),
    scope: client.scope,
    state: seal(JSON.stringify(state), statePurpose),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    login_hint: user,
    // Google gives a refresh token only to those who ask like this, and again only after a new consent.
    access_type: 'offline',
    prompt: 'consent',
  };
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return address.toString();
}

/** What the browser brought back. @throws AppError `oauth.expired` for anything we did not begin in the last minutes */
export function consentOf(state: string): Consent {
  const consent = stateShape.safeParse(readState(state));
  if (!consent.success || consent.data.endsAt < Date.now()) throw new AppError('oauth.expired');
  return consent.data;
}

function readState(state: string): unknown {
  try {
    return JSON.parse(unseal(state, statePurpose));
  } catch (error) {
    if (error instanceof AppError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Exchanges the code once for a refresh token. */
export async function endConsent({ provider, verifier }: Consent, code: string): Promise<string> {
  const query = { grant_type: 'authorization_code', code, redirect_uri: returnAddress(), code_verifier: verifier };
  const { refresh_token: token } = await ask(clientOf(provider), query);
  if (!token) throw new AppError('oauth.noRefreshToken');
  return token;
}

export type Access = {
  accessToken: string;
  /** Set where the provider gave a new refresh token instead of the old one. */
  refreshToken: string | null;
  /** How long the access token holds, where the provider says so. */
  holdsSeconds: number | undefined;
};

/** @throws AppError `oauth.refused` when somebody has to agree again, `oauth.away` when it may be tried again later */
export async function accessFor(provider: Provider, refreshToken: string): Promise<Access> {
  const query = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const answer = await ask(clientOf(provider), query);
  const { access_token: accessToken, refresh_token: renewed, expires_in: holdsSeconds } = answer;
  return { accessToken, refreshToken: renewed && renewed !== refreshToken ? renewed : null, holdsSeconds };
}

function clientOf(provider: Provider): OauthClient {
  const client = config().oauth[provider];
  if (!client) throw new AppError('oauth.notSetUp');
  return client;
}

const granted = z.object({
  access_token: z.string().min(1).max(16_384),
  refresh_token: z.string().max(8192).optional(),
  // Some say it as text.
  expires_in: z.coerce.number().positive().max(1e7).optional().catch(undefined),
});
const mostAnswerChars = 100_000;

async function ask(client: OauthClient, query: Record<string, string>): Promise<z.infer<typeof granted>> {
  const { clientId: client_id, clientSecret: client_secret } = client;
  const body = new URLSearchParams({ ...query, client_id, ...(client_secret ? { client_secret } : {}) });
  let response: Response;
  let text: string;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    response = await fetch(client.tokenUrl, { method: 'POST', body, redirect: 'error', signal });
    text = (await response.text()).slice(0, mostAnswerChars);
  } catch (error) {
    throw Object.assign(new AppError('oauth.away'), { cause: error });
  }
  // RFC 6749, 5.2: 400 or 401 with a code. Anything else is their trouble, not our token's.
  if (response.status === 400 || response.status === 401) throw new AppError('oauth.refused');
  if (!response.ok) throw new AppError('oauth.away');
  const answer = granted.safeParse(jsonOf(text));
  if (!answer.success) throw new AppError('oauth.away');
  return answer.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
