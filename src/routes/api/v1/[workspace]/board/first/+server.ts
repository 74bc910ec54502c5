import { AppError } from '#lib/shared/errors.ts';
import { fromQuery } from '#lib/shared/filter-query.ts';
import { groupingIn } from '#lib/shared/parts.ts';
import { opening } from '#server/domain/board/opening.ts';
import { answer } from '../../door.server.ts';
import type { RequestHandler } from './$types.js';

/** The first cards of each column, `?by=` and with filters: for a board that has not arrived whole. */
export const GET: RequestHandler = (event) =>
  answer(event, (member) => {
    const query = event.url.searchParams;
    const filters = fromQuery(query);
    if (!filters) throw new AppError('bad.input', { field: 'filters' });
    return opening(member, { by: groupingIn(query), filters });
  });
