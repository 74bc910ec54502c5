import { z } from 'zod';
import { AppError } from '#lib/shared/errors.ts';
import { searchLength } from '#lib/shared/search.ts';
import { search } from '#server/domain/search.ts';
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

/** `?q=`: tickets of all states in which the words stand, a page after `?at=…&id=…`. */
export const GET: RequestHandler = (event) =>
  answer(event, (member) => {
    const asked = query.safeParse(Object.fromEntries(event.url.searchParams));
    if (!asked.success) throw new AppError('bad.input', { field: 'search' });
    const { q, at, id } = asked.data;
    return search(member, q, at !== undefined && id !== undefined ? { at, id } : null);
  });
