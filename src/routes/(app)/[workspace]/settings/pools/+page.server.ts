import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { poolSettings } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({ pools: await administering(event, poolSettings) });

export const actions: Actions = { run: runs('pool.create', 'pool.place', 'pool.archive') };
