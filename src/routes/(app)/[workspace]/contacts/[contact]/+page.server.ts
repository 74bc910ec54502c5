import { z } from 'zod';
import { runs } from '#lib/admin/run.server.ts';
import { nowhere, reading } from '#lib/ticket/found.server.ts';
import { card } from '#server/domain/contacts/card.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const id = z.uuid().safeParse(event.params.contact).data ?? nowhere();
  return { contact: await reading({ locals: event.locals, params: {} }, (tx) => card(tx, id)) };
};

export const actions: Actions = { run: runs('contact.change') };
