import { z } from 'zod';
import { AppError } from '#lib/shared/errors.ts';
import { glance } from '#server/domain/board/glance.ts';
import { answer } from '../../../door.server.ts';
import type { RequestHandler } from './$types.js';

/** What the board's preview shows of a ticket. */
export const GET: RequestHandler = (event) =>
  answer(event, async (member) => {
    const ticket = z.uuid().safeParse(event.params.ticket);
    if (!ticket.success) throw new AppError('ticket.notFound');
    return glance(member, ticket.data);
  });
