import { numberIn, reading } from '#lib/ticket/found.server.ts';
import { tableOf } from '#lib/ticket/history-table.ts';
import { wholeHistory } from '#server/domain/history.ts';
import { idOf } from '#server/domain/tickets/number.ts';
import type { RequestHandler } from './$types.js';

/** The history to take along, as its reader sees it. */
export const GET: RequestHandler = async (event) => {
  const number = numberIn(event);
  const entries = await reading(event, async (tx) => wholeHistory(tx, await idOf(tx, number)));
  return new Response(tableOf(entries), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="ticket-${number}.csv"`,
      'cache-control': 'no-store',
    },
  });
};
