import { AppError } from '#lib/shared/errors.ts';
import type { Tx } from '#server/database/actor.ts';

/** The id behind a number that people say. Not seen looks like not there. */
export async function idOf({ sql }: Tx, number: number): Promise<string> {
  const [ticket] = await sql<{ id: string }[]>`select id from lotse.tickets where number = ${number}`;
  if (!ticket) throw new AppError('ticket.notFound');
  return ticket.id;
}
