import { z } from 'zod';
import { beforeIn, pageOf } from '#lib/admin/paging.server.ts';
import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { latestMails, mailsPerPage, mailStates, type MailState } from '#server/domain/ledger.ts';
import { accountTrust } from '#server/domain/mails/trust.ts';
import type { Actions, PageServerLoad } from './$types';

const filters: Record<string, readonly MailState[]> = {
  '': mailStates,
  failed: ['failed'],
  waiting: ['stored', 'parsed', 'threaded'],
  inbox: ['waiting'],
  filed: ['filed'],
  ignored: ['ignored'],
};

/** What the address of the page asks for; what it cannot mean is left out. */
const asked = z.object({
  show: z.enum(['failed', 'waiting', 'inbox', 'filed', 'ignored']).or(z.literal('')).catch(''),
  account: z.uuid().or(z.literal('')).catch(''),
  text: z.string().trim().max(200).catch(''),
  from: z.iso.date().or(z.literal('')).catch(''),
  to: z.iso.date().or(z.literal('')).catch(''),
});

/** So many that failed stand above all others. */
const mostFailed = 10;

export const load: PageServerLoad = async (event) => {
  const query = asked.parse(
    Object.fromEntries(
      ['show', 'account', 'text', 'from', 'to'].map((key) => [key, event.url.searchParams.get(key) ?? '']),
    ),
  );
  const before = beforeIn(event.url);
  const isPlain = Object.values(query).every((value) => value === '') && !before;
  const [mails, failed, accounts] = await administering(event, (tx) =>
    Promise.all([
      latestMails(tx, { ...query, states: filters[query.show] ?? mailStates, before }),
      isPlain ? latestMails(tx, { states: ['failed'] }) : [],
      accountTrust(tx),
    ]),
  );
  return { ...pageOf(mails, mailsPerPage, event.url), query, failed: failed.slice(0, mostFailed), accounts };
};

export const actions: Actions = { run: runs('mail.retry') };
