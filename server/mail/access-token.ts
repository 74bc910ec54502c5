import { setTimeout } from 'node:timers/promises';
import { AppError } from '#lib/shared/errors.ts';
import { accessFor, type Access, type Provider } from '#server/auth/mailbox-oauth.ts';
import * as mails from '#server/domain/mails.ts';
import { seal, unseal } from '#server/sealed.ts';

/** Whoever renews is waited for, and then it is the next one's turn. */
const waitMs = 100;
const mostWaitMs = 40_000;
/** Where the provider does not say how long a token holds; and so long before its end it is used no more. */
const usualSeconds = 300;
const earlySeconds = 60;

/** `connectedAt`: when somebody agreed, as its reader knows the account; null while nobody has. */
export type TokenAccount = { accountId: string; provider: Provider; connectedAt: string | null };

/**
 * Access tokens of accounts that send, as long as they hold: a server is gone to many times an hour. Each is of one consent, which
 * ends when the account is given another server: what it had granted goes to no other.
 */
const kept = new Map<string, { accessToken: string; until: number; connectedAt: string | null }>();

/** One that may have been used before. `isFresh` tells: a refused one that is not is worth another try. */
export async function keptAccessToken(account: TokenAccount): Promise<{ accessToken: string; isFresh: boolean }> {
  const known = kept.get(account.accountId);
  if (known && known.connectedAt === account.connectedAt && performance.now() < known.until)
    return { accessToken: known.accessToken, isFresh: false };
  return { accessToken: await freshAccessToken(account), isFresh: true };
}

export function forgetAccessToken({ accountId }: Pick<TokenAccount, 'accountId'>): void {
  kept.delete(accountId);
}

/** @throws AppError `account.notConnected`, `oauth.refused`, `oauth.away`, `oauth.notSetUp` */
export async function freshAccessToken({ accountId, provider, connectedAt }: TokenAccount): Promise<string> {
  const before = await turn(accountId);
  let access: Access | undefined;
  try {
    if (before === '') throw new AppError('account.notConnected');
    access = await accessFor(provider, unseal(before, mails.refreshTokenPurpose));
  } finally {
    const now = access?.refreshToken ? seal(access.refreshToken, mails.refreshTokenPurpose) : undefined;
    await mails.endRenewal(accountId, { before, ...(now ? { now } : {}) });
  }
  const holdsMs = ((access.holdsSeconds ?? usualSeconds) - earlySeconds) * 1_000;
  kept.set(accountId, { accessToken: access.accessToken, until: performance.now() + holdsMs, connectedAt });
  return access.accessToken;
}

async function turn(accountId: string): Promise<string> {
  for (const deadline = performance.now() + mostWaitMs; performance.now() < deadline; await setTimeout(waitMs)) {
    const token = await mails.takeRenewal(accountId);
    if (token !== undefined) return token;
  }
  throw new AppError('oauth.away');
}
