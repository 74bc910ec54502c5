import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import { isHeld, type Held } from './lease.ts';

export type Original = { uid: number; isPartial: boolean };

/** Stored mails whose original was not yet marked, moved or deleted: a step that a crash may have left out. */
export function unsettled(accountId: string, uidValidity: number): Promise<Original[]> {
  return asSystem(
    null,
    ({ sql }) => sql<Original[]>`
    select uid, is_partial
    from lotse.mails
    where account_id = ${accountId} and uid_validity = ${uidValidity} and settled_at is null
    order by uid
    limit 500
  `,
  );
}

/** @throws AppError `mail.leaseLost` when another process reads the mailbox by now */
export async function markSettled(held: Held, uidValidity: number, uids: number[]): Promise<void> {
  await asSystem(null, async ({ sql }) => {
    const [mine] = await sql`select from lotse.mail_accounts where ${isHeld(sql, held)} for share`;
    if (!mine) throw new AppError('mail.leaseLost');
    await sql`
      update lotse.mails set settled_at = now()
      where account_id = ${held.accountId} and uid_validity = ${uidValidity} and uid = any (${uids}::bigint[])
    `;
  });
}
