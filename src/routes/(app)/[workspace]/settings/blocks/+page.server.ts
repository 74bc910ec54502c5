import { runs } from '#lib/admin/run.server.ts';
import { reading } from '#lib/ticket/found.server.ts';
import { textBlocks } from '#server/domain/text-blocks.ts';
import type { Actions, PageServerLoad } from './$types';

/** Everybody has blocks of his own, so this page is everybody's. */
export const load: PageServerLoad = async (event) => ({ blocks: await reading(event, textBlocks) });

export const actions: Actions = { run: runs('block.create', 'block.renameFolder') };
