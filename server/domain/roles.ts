import { AppError } from '#lib/shared/errors.ts';
import type { Act } from './act.ts';

/**
 * For what the database would pass over in silence: a delete of rows that one may not delete meets none.
 * @throws AppError('forbidden')
 */
export async function demandAdministrator(act: Act): Promise<void> {
  if (act.actor.kind !== 'member') throw new AppError('forbidden');
  const [row] = await act.sql<{ is: boolean }[]>`select private.is_administrator() as is`;
  if (!row?.is) throw new AppError('forbidden');
}
