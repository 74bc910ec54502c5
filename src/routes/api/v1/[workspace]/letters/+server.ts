import { drawnLetter, wantedLetter } from '#lib/letters/drawn.server.ts';
import { AppError } from '#lib/shared/errors.ts';
import { answer, readJson } from '../door.server.ts';
import type { RequestHandler } from './$types.js';

/** How a mail about a ticket would read. By POST, since what was typed may be long; nothing is changed. */
export const POST: RequestHandler = (event) =>
  answer(event, async (member) => {
    const wanted = wantedLetter.safeParse(await readJson(event));
    if (!wanted.success) throw new AppError('bad.input', { field: wanted.error.issues[0]?.path.join('.') ?? '' });
    return drawnLetter(member, wanted.data);
  });
