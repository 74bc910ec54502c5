import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { groupSettings, people } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const [groups, team] = await administering(event, (tx) => Promise.all([groupSettings(tx), people(tx)]));
  return { groups, people: team };
};

export const actions: Actions = { run: runs('group.create', 'group.change') };
