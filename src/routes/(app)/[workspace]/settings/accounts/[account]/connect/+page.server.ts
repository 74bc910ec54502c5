import { randomUUID } from 'node:crypto';
import { fail, redirect } from '@sveltejs/kit';
import { administering } from '#lib/admin/read.server.ts';
import { AppError } from '#lib/shared/errors.ts';
import { nowhere } from '#lib/ticket/found.server.ts';
import { readForm } from '#server/auth/form.ts';
import { actorFor } from '#server/auth/guard.ts';
import { consentOf, endConsent, type Consent } from '#server/auth/mailbox-oauth.ts';
import { accounts } from '#server/domain/settings.ts';
import { execute } from '#server/execute.ts';
import type { Actions, PageServerLoad } from './$types';

/** What the provider said, with a button: nothing is exchanged or stored by looking at it. */
export const load: PageServerLoad = async (event) => {
  const all = await administering(event, accounts);
  const account = all.find(({ id, isArchived }) => id === event.params.account && !isArchived) ?? nowhere();
  const { searchParams } = event.url;
  return {
    account: { id: account.id, name: account.name, address: account.address },
    code: searchParams.get('code') ?? '',
    state: searchParams.get('state') ?? '',
    denied: (searchParams.get('error_description') ?? searchParams.get('error') ?? '').slice(0, 300),
  };
};

export const actions: Actions = {
  default: async ({ request, locals, params }) => {
    const { member } = locals;
    if (!member) nowhere();
    const { code = '', state = '' } = await readForm(request);
    try {
      const consent = consentOf(state);
      // Somebody else's consent must not open his mailbox to us, nor ours to him.
      if (!isOwn(consent, { member: member.memberId, account: params.account })) throw new AppError('oauth.expired');
      const token = await endConsent(consent, code);
      const input = { account: params.account, provider: consent.provider, token };
      const answer = await execute(actorFor(member), { id: randomUUID(), name: 'account.connect', input });
      if (!answer.ok) return fail(400, { refusal: answer.error });
    } catch (problem) {
      if (!(problem instanceof AppError)) throw problem;
      return fail(400, { refusal: { code: problem.code, detail: problem.detail } });
    }
    redirect(303, `/${params.workspace}/settings/accounts/${params.account}`);
  },
};

function isOwn(consent: Consent, { member, account }: { member: string; account: string }): boolean {
  return consent.member === member && consent.account === account;
}
