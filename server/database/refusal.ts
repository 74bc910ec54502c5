import postgres from 'postgres';
import { AppError } from '#lib/shared/errors.ts';

/**
 * What the database refused, as an expected error: its own refusals carry a code (private.refuse), the standard ones are
 * translated. Anything else is returned as it came.
 */
export function refusalFrom(error: unknown): unknown {
  if (!(error instanceof postgres.PostgresError)) return error;
  switch (error.code) {
    case 'LT001':
      return new AppError(error.message, JSON.parse(error.detail ?? '{}') as Record<string, unknown>);
    // Waited too long for a lock, ran too long, or PostgreSQL takes no more connections: the same work may be tried again.
    case '55P03':
    case '57014':
    case '53300':
      return new AppError('busy');
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
