import { runs } from '#lib/admin/run.server.ts';
import { editorOf } from '#lib/filters/page.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => editorOf(event, true);

export const actions: Actions = { run: runs('filter.delete') };
