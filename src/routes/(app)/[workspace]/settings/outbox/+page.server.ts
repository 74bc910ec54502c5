import { beforeIn, pageOf } from '#lib/admin/paging.server.ts';
import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { config } from '#server/config.ts';
import {
  latestOutgoing,
  outgoingPerPage,
  outgoingStates,
  troubled,
  type OutgoingState,
} from '#server/domain/outbox.ts';
import type { Actions, PageServerLoad } from './$types';

const filters: Record<string, readonly OutgoingState[]> = {
  '': outgoingStates,
  trouble: ['failed', 'unknown', 'bounced'],
  waiting: ['queued', 'sending', 'held'],
  sent: ['sent'],
  cancelled: ['cancelled'],
};

export const load: PageServerLoad = async (event) => {
  const show = event.url.searchParams.get('show') ?? '';
  const states = filters[show] ?? outgoingStates;
  const before = beforeIn(event.url);
  const [mails, trouble] = await administering(event, (tx) =>
    Promise.all([latestOutgoing(tx, { states, before }), troubled(tx)]),
  );
  return {
    ...pageOf(mails, outgoingPerPage, event.url),
    show: filters[show] ? show : '',
    trouble: trouble.outgoing,
    hasRelay: config().smtpUrl !== null,
  };
};

export const actions: Actions = { run: runs('outgoing.retry') };
