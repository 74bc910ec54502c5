import { z } from 'zod';
import { administering } from '#lib/admin/read.server.ts';
import { letterOf } from '#lib/admin/letter.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { nowhere } from '#lib/ticket/found.server.ts';
import { config } from '#server/config.ts';
import { outgoingById } from '#server/domain/outbox.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const id = z.uuid().safeParse(event.params.mail).data ?? nowhere();
  const { bytes, ...mail } = await administering(event, (tx) => outgoingById(tx, id));
  const hasRelay = config().smtpUrl !== null;
  // The link of an invitation is the invited person's own; without a relay nobody else can hand it over.
  const hidesLink = mail.kind === 'invitation' && hasRelay;
  return { mail, hasRelay, hidesLink, letter: bytes && (await letterOf(bytes, { hidesLink })) };
};

export const actions: Actions = { run: runs('outgoing.retry') };
