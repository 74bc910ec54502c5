import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Act } from './act.ts';

/** Puts a mail of the ledger that failed back to its first state; the mail job takes it from there. */
export async function retry(act: Act, { mail }: Command<'mail.retry'>) {
  const [seen] = await act.sql`
    select id from lotse.mails where id = ${mail} and state in ('failed', 'ignored') and private.is_administrator()
  `;
  if (!seen) throw new AppError('mail.notFound');
  await act.system(
    (sql) => sql`
    update lotse.mails set state = 'stored', reason = '', attempts = 0, next_attempt_at = now() where id = ${mail}
  `,
  );
}
