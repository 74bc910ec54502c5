import { fail, redirect } from '@sveltejs/kit';
import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { nowhere } from '#lib/ticket/found.server.ts';
import { AppError } from '#lib/shared/errors.ts';
import { consentAddress, providers } from '#server/auth/mailbox-oauth.ts';
import { config } from '#server/config.ts';
import { latestCheck } from '#server/domain/checks.ts';
import { accounts, poolSettings } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const { account, check, pools } = await administering(event, async (tx) => {
    const [all, pools] = await Promise.all([accounts(tx), poolSettings(tx)]);
    const account = all.find(({ id, isArchived }) => id === event.params.account && !isArchived) ?? nowhere();
    return { account, pools, check: await latestCheck(tx, account.id) };
  });
  return {
    account,
    check,
    pools: pools.filter(({ id, isArchived }) => !isArchived || id === account.pool),
    smtpIn: config().smtpIn,
    providers: providers(),
  };
};

export const actions: Actions = {
  run: runs('account.change', 'account.archive', 'account.check'),
  connect: async (event) => {
    const { locals, params } = event;
    const account = (await administering(event, accounts)).find(({ id }) => id === params.account) ?? nowhere();
    if (!locals.member || account.imapAuth === 'password') nowhere();
    const who = { account: account.id, member: locals.member.memberId, workspace: params.workspace };
    let address: string;
    try {
      address = consentAddress({ provider: account.imapAuth, user: account.imapUser, ...who });
    } catch (problem) {
      if (!(problem instanceof AppError)) throw problem;
      return fail(400, { key: 'connect', refusal: { code: problem.code, detail: problem.detail } });
    }
    redirect(303, address);
  },
};
