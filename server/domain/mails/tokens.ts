import { asSystem } from '#server/database/actor.ts';

/** Longer than the provider is waited for (server/auth/mailbox-oauth.ts): whoever dies meanwhile does not lock the account. */
const renewalSeconds = 30;

/**
 * The token by which access to the account is renewed, sealed, for this caller alone; '' while nobody agreed. Undefined while another
 * one renews it: providers that exchange the token take its second use for a theft.
 */
export async function takeRenewal(accountId: string): Promise<string | undefined> {
  const [row] = await asSystem(
    null,
    ({ sql }) => sql<{ oauthRefreshToken: string }[]>`
    update lotse.mail_accounts set oauth_renewing_until = now() + make_interval(secs => ${renewalSeconds})
    where id = ${accountId}
      and (
        oauth_renewing_until is null
        or oauth_renewing_until < now()
        -- Longer than anybody takes: the clock was put back since.
        or oauth_renewing_until > now() + make_interval(secs => ${2 * renewalSeconds})
      )
    returning oauth_refresh_token
  `,
  );
  return row?.oauthRefreshToken;
}

/** `now`: the provider gave it instead of the one before, which may be worthless by now. A new consent meanwhile stands. */
export async function endRenewal(accountId: string, token: { before: string; now?: string }): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.mail_accounts
    set
      oauth_renewing_until = null,
      oauth_refresh_token = case when oauth_refresh_token = ${token.before} then ${token.now ?? token.before} else oauth_refresh_token end
    where id = ${accountId}
  `,
  );
}
