import { z } from 'zod';
import { Buckets } from '#lib/shared/bucket.ts';
import { AppError } from '#lib/shared/errors.ts';
import { searchLength } from '#lib/shared/search.ts';
import { search } from '#server/domain/search.ts';
import { inTurn } from '#server/domain/search/turn.ts';
import { answer } from '../door.server.ts';
import type { RequestHandler } from './$types.js';

const query = z.object({
  // PostgreSQL takes no text with a zero in it.
  q: z
    .string()
    .max(searchLength)
    .regex(/^[^\0]*$/),
  at: z.iso.datetime({ precision: 6 }).optional(),
  id: z.coerce.number().int().positive().optional(),
});

// A page asks when somebody pauses while he types: seldom more than three times a second, and not for long.
const pace = new Buckets({ burst: 20, perSecond: 4 });

/** `?q=`: tickets of all states in which the words stand, a page after `?at=…&id=…`. */
export const GET: RequestHandler = (event) =>
  answer(event, (member) => {
    if (!pace.take(member.id)) throw new AppError('too.many', { retryAfterSeconds: 1 });
    const asked = query.safeParse(Object.fromEntries(event.url.searchParams));
    if (!asked.success) throw new AppError('bad.input', { field: 'search' });
    const { q, at, id } = asked.data;
    const after = at !== undefined && id !== undefined ? { at, id } : null;
    const { signal } = event.request;
    return inTurn(member.workspaceId, signal, () => search(member, q, { after, signal }));
  });
