import { runs } from '#lib/admin/run.server.ts';
import { listOf } from '#lib/filters/page.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => listOf(event, false);

export const actions: Actions = { run: runs('filter.change', 'filter.place', 'filter.delete') };
