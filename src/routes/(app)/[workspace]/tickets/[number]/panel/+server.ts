import { json } from '@sveltejs/kit';
import { z } from 'zod';
import { numberIn, reading } from '#lib/ticket/found.server.ts';
import { conversation, filesOf } from '#server/domain/conversation.ts';
import { open } from '#server/domain/tickets/open.ts';
import type { RequestHandler } from './$types.js';

const before = z.object({ at: z.iso.datetime(), id: z.uuid() });

/** What the panel shows; with `?at=…&id=…` only the messages before that one. */
export const GET: RequestHandler = async (event) => {
  const number = numberIn(event);
  const oldest = before.safeParse(Object.fromEntries(event.url.searchParams));
  const read = await reading(event, async (tx) => {
    const ticket = await open(tx, number);
    const [said, files] = await Promise.all([
      conversation(tx, ticket.card.id, { before: oldest.data }),
      filesOf(tx, ticket.card.id),
    ]);
    return { ticket, ...said, files };
  });
  return json(read);
};
