import { runs } from '#lib/admin/run.server.ts';
import { outboxKey } from '#lib/outbox/key.ts';
import { reading } from '#lib/ticket/found.server.ts';
import { ownOutgoing } from '#server/domain/outbox/own.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(outboxKey);
  const show = event.url.searchParams.get('show') === 'sent' ? 'sent' : 'open';
  const mails = await reading(event, (tx) => ownOutgoing(tx, show));
  return { show, mails };
};

export const actions: Actions = { run: runs('outgoing.retry', 'outgoing.cancel', 'outgoing.note') };
