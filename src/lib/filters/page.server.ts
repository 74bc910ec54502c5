import { z } from 'zod';
import { administering } from '#lib/admin/read.server.ts';
import { directions, type Direction } from '#lib/shared/filter-actions.ts';
import { nowhere, reading } from '#lib/ticket/found.server.ts';
import type { Tx } from '#server/database/actor.ts';
import * as rules from '#server/domain/filters.ts';
import { mailRecord } from '#server/domain/mails/trust.ts';
import { poolSettings } from '#server/domain/settings.ts';

// The pages of the workspace's rules and of one's own are the same; who may read them is not.

type Visit = { locals: App.Locals; params: { workspace?: string; filter?: string; trial?: string }; url: URL };

function readingAs<T>(event: Visit, isMine: boolean, work: (tx: Tx) => Promise<T>): Promise<T> {
  return isMine ? reading(event, work) : administering(event, work);
}

export async function listOf(event: Visit, isMine: boolean) {
  const direction = directionIn(event.url, 'show');
  const [filters, pools, lately] = await readingAs(event, isMine, (tx) =>
    Promise.all([rules.filters(tx, { direction, isMine }), poolSettings(tx), isMine ? rules.lately(tx) : []]),
  );
  return { direction, filters, lately, pools: pools.map(({ id, name }) => ({ value: id, label: name })) };
}

/** `new` is one that is not there yet; `from` names the mail that it is to be made of. */
export async function editorOf(event: Visit, isMine: boolean) {
  const { filter: id } = event.params;
  const from = z.uuid().safeParse(event.url.searchParams.get('from')).data;
  const [all, pools, mail] = await readingAs(event, isMine, async (tx) => {
    const both = await Promise.all(directions.map((direction) => rules.filters(tx, { direction, isMine })));
    return [both.flat(), await poolSettings(tx), from ? await mailRecord(tx, from) : null] as const;
  });
  const filter = id === 'new' ? null : (all.find((each) => each.id === id) ?? nowhere());
  return {
    filter,
    direction: filter?.direction ?? directionIn(event.url, 'direction'),
    pools: pools.filter(({ isArchived }) => !isArchived).map(({ id: pool, name }) => ({ value: pool, label: name })),
    sender: mail?.fromAddress ?? '',
  };
}

export async function trialOf(event: Visit, isMine: boolean) {
  const id = z.uuid().safeParse(event.params.trial).data ?? nowhere();
  return (await readingAs(event, isMine, (tx) => rules.trialOf(tx, id))) ?? nowhere();
}

function directionIn(url: URL, name: string): Direction {
  return url.searchParams.get(name) === 'out' ? 'out' : 'in';
}
