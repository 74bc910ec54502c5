import { json } from '@sveltejs/kit';
import { numberIn, reading } from '#lib/ticket/found.server.ts';
import { history } from '#server/domain/history.ts';
import { idOf } from '#server/domain/tickets/number.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async (event) => {
  const number = numberIn(event);
  const cursor = event.url.searchParams.get('cursor') ?? undefined;
  return json(await reading(event, async (tx) => history(tx, await idOf(tx, number), { cursor })));
};
