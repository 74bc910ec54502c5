import { z } from 'zod';
import { serve } from '#lib/files/serve.server.ts';
import { closed, holding, readingAs } from '#lib/page/door.server.ts';
import { found } from '#lib/ticket/found.server.ts';
import { fileOf } from '#server/domain/conversation/file.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async (event) => {
  const holder = await holding(event);
  const id = z.uuid().safeParse(event.params.id);
  if (!id.success) closed(404);
  const file = await readingAs(holder, (tx) => fileOf(tx, id.data));
  return found(() => serve(file, event.request));
};
