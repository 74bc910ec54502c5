import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { config } from '#server/config.ts';
import { poolSettings } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({
  pools: (await administering(event, poolSettings)).filter((pool) => !pool.isArchived),
  smtpIn: config().smtpIn,
});

export const actions: Actions = { run: runs('account.create') };
