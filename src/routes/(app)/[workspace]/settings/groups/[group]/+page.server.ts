import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { nowhere } from '#lib/ticket/found.server.ts';
import { groupSettings, people } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const [groups, team] = await administering(event, (tx) => Promise.all([groupSettings(tx), people(tx)]));
  const group = groups.find(({ id }) => id === event.params.group) ?? nowhere();
  return { group, people: team.filter(({ id, isActive }) => isActive || group.members.includes(id)) };
};

export const actions: Actions = { run: runs('group.change', 'group.setMember') };
