import { reading } from '#lib/ticket/found.server.ts';
import { contacts, contactsPerPage } from '#server/domain/contacts/list.ts';
import type { LayoutServerLoad } from './$types';

const textLength = 200;

/** The list stands beside the card, so both keep their search. */
export const load: LayoutServerLoad = async (event) => {
  const text = (event.url.searchParams.get('q') ?? '').slice(0, textLength);
  const page = Math.min(1000, Math.max(1, Number(event.url.searchParams.get('page')) || 1));
  const after = (page - 1) * contactsPerPage;
  const found = await reading({ locals: event.locals, params: {} }, (tx) => contacts(tx, { text, after }));
  return { text, page, contacts: found.slice(0, contactsPerPage), hasMore: found.length > contactsPerPage };
};
