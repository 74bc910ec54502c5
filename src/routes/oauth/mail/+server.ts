import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/i18n/paraglide/messages.js';
import { AppError } from '#lib/shared/errors.ts';
import { consentOf } from '#server/auth/mailbox-oauth.ts';
import type { RequestHandler } from './$types';

/** The one address that is registered at a provider: leads back to the account, and changes nothing. */
export const GET: RequestHandler = ({ url }) => {
  const state = url.searchParams.get('state') ?? '';
  redirect(303, `/${whereOf(state)}/connect?${url.searchParams.toString()}`);
};

function whereOf(state: string): string {
  try {
    const { workspace, account } = consentOf(state);
    return `${encodeURIComponent(workspace)}/settings/accounts/${account}`;
  } catch (problem) {
    if (problem instanceof AppError) error(400, { id: '', message: m.errors_oauth_expired() });
    throw problem;
  }
}
