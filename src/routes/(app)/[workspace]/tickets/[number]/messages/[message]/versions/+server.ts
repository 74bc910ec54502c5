import { json } from '@sveltejs/kit';
import { z } from 'zod';
import { nowhere, numberIn, reading } from '#lib/ticket/found.server.ts';
import { versionsOf } from '#server/domain/conversation/versions.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async (event) => {
  numberIn(event);
  const id = z.uuid().safeParse(event.params.message);
  if (!id.success) nowhere();
  return json(await reading(event, (tx) => versionsOf(tx, id.data)));
};
