import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { filters } from '#server/domain/filters.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({ filters: await administering(event, filters) });

export const actions: Actions = { run: runs('filter.change', 'filter.place', 'filter.delete') };
