import { beforeIn, pageOf } from '#lib/admin/paging.server.ts';
import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { latestMails, mailsPerPage, mailStates, type MailState } from '#server/domain/ledger.ts';
import { troubled } from '#server/domain/outbox.ts';
import type { Actions, PageServerLoad } from './$types';

const filters: Record<string, readonly MailState[]> = {
  '': mailStates,
  failed: ['failed'],
  waiting: ['stored', 'parsed', 'threaded'],
  inbox: ['waiting'],
  filed: ['filed'],
  ignored: ['ignored'],
};

export const load: PageServerLoad = async (event) => {
  const show = event.url.searchParams.get('show') ?? '';
  const states = filters[show] ?? mailStates;
  const before = beforeIn(event.url);
  const [mails, trouble] = await administering(event, (tx) =>
    Promise.all([latestMails(tx, { states, before }), troubled(tx)]),
  );
  return { ...pageOf(mails, mailsPerPage, event.url), show: filters[show] ? show : '', failed: trouble.incoming };
};

export const actions: Actions = { run: runs('mail.retry') };
