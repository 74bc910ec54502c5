import { z } from 'zod';
import { serve } from '#lib/files/serve.server.ts';
import { found, nowhere, reading } from '#lib/ticket/found.server.ts';
import { fileOf } from '#server/domain/conversation/file.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async (event) => {
  const id = z.uuid().safeParse(event.params.id);
  if (!id.success) nowhere();
  const file = await reading(event, (tx) => fileOf(tx, id.data));
  return found(() => serve(file, event.request));
};
