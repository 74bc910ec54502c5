import { json } from '@sveltejs/kit';
import { numberIn, reading } from '#lib/ticket/found.server.ts';
import { mailsOf } from '#server/domain/inbox.ts';
import { idOf } from '#server/domain/tickets/number.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async (event) => {
  const number = numberIn(event);
  return json(await reading(event, async (tx) => mailsOf(tx, { ticket: await idOf(tx, number) })));
};
