import { search } from '#server/domain/contacts/search.ts';
import { answer } from '../door.server.ts';
import type { RequestHandler } from './$types.js';

const longest = 100;

/** `?q=`: contacts to choose a requester from. */
export const GET: RequestHandler = (event) =>
  answer(event, async (member) => ({
    contacts: await search(member, (event.url.searchParams.get('q') ?? '').slice(0, longest)),
  }));
