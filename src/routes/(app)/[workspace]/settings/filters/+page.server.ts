import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { filters } from '#server/domain/filters.ts';
import { poolSettings } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const [all, pools] = await administering(event, (tx) => Promise.all([filters(tx), poolSettings(tx)]));
  return { filters: all, pools: pools.map(({ id, name }) => ({ value: id, label: name })) };
};

export const actions: Actions = { run: runs('filter.change', 'filter.place', 'filter.delete') };
