import { z } from 'zod';
import { mailPage } from '#lib/files/mail-page.server.ts';
import { nowhere, reading } from '#lib/ticket/found.server.ts';
import { pictureOf } from '#server/domain/inbox.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
  const id = z.uuid().safeParse(event.params.mail).data ?? nowhere();
  const original = await reading(event, (tx) => pictureOf(tx, id));
  return mailPage(original, { asked: event.url.searchParams.has('images') });
};
