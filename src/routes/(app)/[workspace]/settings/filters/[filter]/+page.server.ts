import { z } from 'zod';
import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { nowhere } from '#lib/ticket/found.server.ts';
import { filters } from '#server/domain/filters.ts';
import { mailRecord } from '#server/domain/mails/trust.ts';
import { poolSettings } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

/** `new` is one that is not there yet; `from` names the mail that it is to be made of. */
export const load: PageServerLoad = async (event) => {
  const { filter: id } = event.params;
  const from = z.uuid().safeParse(event.url.searchParams.get('from')).data;
  const [all, pools, mail] = await administering(event, (tx) =>
    Promise.all([filters(tx), poolSettings(tx), from ? mailRecord(tx, from) : null]),
  );
  const filter = id === 'new' ? null : (all.find((each) => each.id === id) ?? nowhere());
  return {
    filter,
    pools: pools.filter(({ isArchived }) => !isArchived).map(({ id: pool, name }) => ({ value: pool, label: name })),
    sender: mail?.fromAddress ?? '',
  };
};

export const actions: Actions = { run: runs('filter.delete') };
