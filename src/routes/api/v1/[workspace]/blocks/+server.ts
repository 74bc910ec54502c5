import { z } from 'zod';
import { filledBlocks } from '#lib/blocks/filled.server.ts';
import { AppError } from '#lib/shared/errors.ts';
import { answer } from '../door.server.ts';
import type { RequestHandler } from './$types.js';

const shape = z.coerce.number().int().positive().max(999_999_999);

/** `?ticket=`: the text blocks, filled with what is known of this ticket. */
export const GET: RequestHandler = (event) =>
  answer(event, async (member) => {
    const number = shape.safeParse(event.url.searchParams.get('ticket'));
    if (!number.success) throw new AppError('bad.input', { field: 'ticket' });
    return { blocks: await filledBlocks(member, number.data) };
  });
