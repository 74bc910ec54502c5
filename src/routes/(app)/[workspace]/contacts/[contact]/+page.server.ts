import { z } from 'zod';
import { runs } from '#lib/admin/run.server.ts';
import { nowhere, reading } from '#lib/ticket/found.server.ts';
import { card } from '#server/domain/contacts/card.ts';
import { mailsOf } from '#server/domain/inbox.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const id = z.uuid().safeParse(event.params.contact).data ?? nowhere();
  const [contact, mails] = await reading({ locals: event.locals }, (tx) =>
    Promise.all([card(tx, id), mailsOf(tx, { contact: id })]),
  );
  return { contact, mails };
};

export const actions: Actions = { run: runs('contact.change') };
