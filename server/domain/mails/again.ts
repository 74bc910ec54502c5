import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import { isHeld } from './lease.ts';
import { rowOf, type Fetched, type Place } from './store.ts';

/** Mails of this mailbox that somebody wants fetched again. Of a mailbox that was numbered anew none can be: those are told of at once. */
export function wantedAgain({ accountId, uidValidity }: Place): Promise<{ uid: number; size: number }[]> {
  return asSystem(null, async ({ sql }) => {
    await sql`
      update lotse.mails set fetch_again = false
      where account_id = ${accountId} and fetch_again and uid_validity <> ${uidValidity}
    `;
    return sql<{ uid: number; size: number }[]>`
      select uid::float8 as uid, size::float8 as size
      from lotse.mails
      where account_id = ${accountId} and fetch_again
      order by uid
      limit 100
    `;
  });
}

/**
 * The bytes of a mail that could not be had before, or null when they still cannot: the mail job goes on with either. Its
 * original is treated then like that of any other mail.
 * @throws AppError `mail.leaseLost` when another process reads the mailbox by now
 */
export async function storeAgain(place: Place, uid: number, fetched: Fetched | null): Promise<void> {
  const { accountId, uidValidity } = place;
  const raw = fetched?.raw ?? null;
  const { id: _, ...row } = raw && fetched ? await rowOf({ raw, head: fetched.head }) : { id: null };
  const isPartial = fetched?.isPartial ?? false;
  const content = raw ? { ...row, size: fetched?.size ?? raw.length, isPartial, settledAt: null } : {};
  await asSystem(null, async ({ sql }) => {
    const [mine] = await sql`select from lotse.mail_accounts where ${isHeld(sql, place)} for share`;
    if (!mine) throw new AppError('mail.leaseLost');
    await sql`
      update lotse.mails set ${sql({ ...content, fetchAgain: false })}, next_attempt_at = now()
      where account_id = ${accountId} and uid_validity = ${uidValidity} and uid = ${uid} and fetch_again
    `;
  });
}
