import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { poolSettings, workspace } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const [pools, settings] = await administering(event, (tx) => Promise.all([poolSettings(tx), workspace(tx)]));
  return { pools, assignsGroups: settings.assignsGroups };
};

export const actions: Actions = { run: runs('pool.create', 'pool.place', 'pool.archive', 'workspace.change') };
