import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { workspace } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({ settings: await administering(event, workspace) });

export const actions: Actions = { run: runs('workspace.change') };
