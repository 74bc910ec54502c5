import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { nowhere } from '#lib/ticket/found.server.ts';
import { groupSettings, people, poolSettings } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const [pools, groups, team] = await administering(event, (tx) =>
    Promise.all([poolSettings(tx), groupSettings(tx), people(tx)]),
  );
  const pool = pools.find(({ id }) => id === event.params.pool) ?? nowhere();
  return {
    pool,
    pools,
    groups: groups.filter((group) => !group.isArchived || pool.groups.includes(group.id) || pool.group === group.id),
    people: team.filter((person) => person.isActive || pool.members.includes(person.id)),
  };
};

export const actions: Actions = { run: runs('pool.change', 'pool.setAccess', 'pool.archive', 'pool.delete') };
