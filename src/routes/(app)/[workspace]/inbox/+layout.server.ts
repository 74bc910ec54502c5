import { beforeIn, pageOf } from '#lib/admin/paging.server.ts';
import { inboxKey } from '#lib/inbox/key.ts';
import { nowhere, reading } from '#lib/ticket/found.server.ts';
import { besideCards } from '#server/domain/board/beside.ts';
import { inboxMails, inboxShows, mailsPerPage } from '#server/domain/inbox.ts';
import type { LayoutServerLoad } from './$types';

/** The list stands beside the mail, so both keep what is shown. */
export const load: LayoutServerLoad = async (event) => {
  event.depends(inboxKey);
  const { waiting } = await event.parent();
  if (waiting === null) nowhere();
  const wanted = event.url.searchParams.get('show');
  const show = inboxShows.find((each) => each === wanted) ?? 'waiting';
  const before = beforeIn(event.url);
  const [mails, { pools, people, groups }] = await reading({ locals: event.locals }, (tx) =>
    Promise.all([inboxMails(tx, { show, before }), besideCards(tx.sql)]),
  );
  const { rows, older } = pageOf(mails, mailsPerPage, event.url);
  return { show, mails: rows, older, pools, people, groups };
};
