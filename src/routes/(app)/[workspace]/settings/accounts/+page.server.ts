import { administering } from '#lib/admin/read.server.ts';
import { config } from '#server/config.ts';
import { accounts, poolSettings } from '#server/domain/settings.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const [all, pools] = await administering(event, (tx) => Promise.all([accounts(tx), poolSettings(tx)]));
  return { accounts: all, pools, smtpIn: config().smtpIn };
};
