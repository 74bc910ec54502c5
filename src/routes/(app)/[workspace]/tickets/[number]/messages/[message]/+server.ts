import { z } from 'zod';
import { mailPage } from '#lib/files/mail-page.server.ts';
import { nowhere, numberIn, reading } from '#lib/ticket/found.server.ts';
import { originalOf } from '#server/domain/conversation/original.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async (event) => {
  numberIn(event);
  const id = z.uuid().safeParse(event.params.message);
  if (!id.success) nowhere();
  const original = await reading(event, (tx) => originalOf(tx, id.data));
  return mailPage(original, { asked: event.url.searchParams.has('images') });
};
