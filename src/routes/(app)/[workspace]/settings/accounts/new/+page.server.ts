import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { providers } from '#server/auth/mailbox-oauth.ts';
import { config } from '#server/config.ts';
import { poolSettings } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({
  pools: (await administering(event, poolSettings)).filter((pool) => !pool.isArchived),
  smtpIn: config().smtpIn,
  providers: providers(),
});

export const actions: Actions = { run: runs('account.create') };
