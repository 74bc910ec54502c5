import { z } from 'zod';
import { serve } from '#lib/files/serve.server.ts';
import { found, nowhere, reading } from '#lib/ticket/found.server.ts';
import { fileOfMail } from '#server/domain/inbox.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
  const mail = z.uuid().safeParse(event.params.mail).data ?? nowhere();
  const id = z.uuid().safeParse(event.params.file).data ?? nowhere();
  const file = await reading(event, (tx) => fileOfMail(tx, mail, id));
  return found(() => serve(file, event.request));
};
