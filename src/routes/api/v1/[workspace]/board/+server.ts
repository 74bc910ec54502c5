import { z } from 'zod';
import { AppError } from '#lib/shared/errors.ts';
import { firstPart, nextPart } from '#server/domain/board/parts.ts';
import { answerText } from '../door.server.ts';
import type { RequestHandler } from './$types.js';

const place = z.object({ at: z.iso.datetime({ precision: 6 }), id: z.uuid() });

/** The board as of now in parts: the first, and with `?at=…&id=…` the one after that place. */
export const GET: RequestHandler = (event) =>
  answerText(event, (member) => {
    const query = event.url.searchParams;
    if (query.size === 0) return firstPart(member);
    const after = place.safeParse(Object.fromEntries(query));
    if (!after.success) throw new AppError('bad.input', { field: 'place' });
    return nextPart(member, after.data);
  });
