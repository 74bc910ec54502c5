import { runs } from '#lib/admin/run.server.ts';
import { nowhere, reading } from '#lib/ticket/found.server.ts';
import { textBlocks } from '#server/domain/text-blocks.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const blocks = await reading(event, textBlocks);
  const block = blocks.find(({ id }) => id === event.params.block) ?? nowhere();
  return { block, folders: [...new Set(blocks.map(({ folder }) => folder).filter(Boolean))] };
};

export const actions: Actions = { run: runs('block.change', 'block.delete') };
