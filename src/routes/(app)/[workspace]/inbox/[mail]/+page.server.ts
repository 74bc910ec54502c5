import { z } from 'zod';
import { inboxKey } from '#lib/inbox/key.ts';
import { nowhere, reading } from '#lib/ticket/found.server.ts';
import { AppError } from '#lib/shared/errors.ts';
import { letterOf } from '#server/domain/inbox.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(inboxKey);
  const id = z.uuid().safeParse(event.params.mail).data ?? nowhere();
  return { id, letter: await reading(event, (tx) => letterOf(tx, id).catch(goneIs(null))) };
};

/** A colleague put it on a ticket that one does not see: the page says that it is gone and stays. */
function goneIs<T>(value: T) {
  return (error: unknown): T => {
    if (error instanceof AppError && error.code === 'mail.notFound') return value;
    throw error;
  };
}
