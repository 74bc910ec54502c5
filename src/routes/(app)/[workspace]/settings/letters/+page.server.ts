import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { workspace } from '#server/domain/settings.ts';
import { templates } from '#server/domain/templates.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const [settings, own] = await administering(event, (tx) => Promise.all([workspace(tx), templates(tx)]));
  return { settings, own: own.map(({ occasion, language }) => ({ occasion, language })) };
};

export const actions: Actions = { run: runs('workspace.change') };
