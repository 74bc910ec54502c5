import postgres from 'postgres';
import { AppError } from '#lib/shared/errors.ts';

/**
 * What the database refused, as an expected error: its own refusals carry a code (private.refuse), the standard ones are
 * translated. Anything else is returned as it came; what passes by itself is no refusal (see fault.ts).
 */
export function refusalFrom(error: unknown): unknown {
  if (!(error instanceof postgres.PostgresError)) return error;
  switch (error.code) {
    case 'LT001':
      return new AppError(error.message, JSON.parse(error.detail ?? '{}') as Record<string, unknown>);
    case '42501':
      return new AppError('forbidden');
    case '23505':
      return new AppError('already.exists', { constraint: error.constraint_name });
    case '23001':
      return new AppError('in.use', { constraint: error.constraint_name });
    case '23503':
      // PostgreSQL before 18 has one code for both ends of a key.
      return new AppError(error.message.startsWith('update or delete') ? 'in.use' : 'not.found', {
        constraint: error.constraint_name,
      });
    case '23514':
    case '22001':
      return new AppError('bad.input', { constraint: error.constraint_name });
    default:
      return error;
  }
}

/** Two transactions met and one had to give way: the same work may simply be tried again. */
export function isCollision(error: unknown): boolean {
  return error instanceof postgres.PostgresError && (error.code === '40001' || error.code === '40P01');
}
