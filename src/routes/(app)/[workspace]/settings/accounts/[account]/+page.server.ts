import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { nowhere } from '#lib/ticket/found.server.ts';
import { config } from '#server/config.ts';
import { accounts, poolSettings } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const [all, pools] = await administering(event, (tx) => Promise.all([accounts(tx), poolSettings(tx)]));
  const account = all.find(({ id, isArchived }) => id === event.params.account && !isArchived) ?? nowhere();
  return {
    account,
    pools: pools.filter(({ id, isArchived }) => !isArchived || id === account.pool),
    smtpIn: config().smtpIn,
  };
};

export const actions: Actions = { run: runs('account.change', 'account.archive') };
