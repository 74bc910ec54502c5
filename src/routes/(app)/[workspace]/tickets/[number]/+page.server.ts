import { z } from 'zod';
import { numberIn, reading } from '#lib/ticket/found.server.ts';
import { idOf } from '#server/domain/tickets/number.ts';
import type { PageServerLoad } from './$types.js';

/** Asked here, so that a ticket one may not see is a 404 and not an empty panel. */
export const load: PageServerLoad = async (event) => {
  const number = numberIn(event);
  await reading(event, (tx) => idOf(tx, number));
  const messageIn = (name: string) => z.uuid().safeParse(event.url.searchParams.get(name)).data ?? null;
  // Led here by the outbox: to write a message anew, or to take it back.
  return { number, again: messageIn('again'), back: messageIn('back') };
};
