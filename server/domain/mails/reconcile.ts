import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import { isHeld, type Held } from './lease.ts';

/** As many as are named; the others are counted. */
const mostNamed = 100;

/** Of these UIDs those that the ledger does not know. */
export async function unknownUids(
  { accountId }: Held,
  { uidValidity, uids }: { uidValidity: number; uids: number[] },
): Promise<number[]> {
  if (uids.length === 0) return [];
  const rows = await asSystem(
    null,
    ({ sql }) => sql<{ uid: number }[]>`
    select u.uid::float8 as uid
    from unnest(${uids}::bigint[]) u (uid)
    where not exists (
      select from lotse.mails m where m.account_id = ${accountId} and m.uid_validity = ${uidValidity} and m.uid = u.uid
    )
    order by u.uid
  `,
    { readOnly: true },
  );
  return rows.map(({ uid }) => uid);
}

export type Found = { uidValidity: number; inMailbox: number; missing: number[]; fetched: number };

/** What a day's comparison found; several of one day add up. Only by whoever reads the account. */
export async function noteReconciliation(held: Held, { uidValidity, inMailbox, missing, fetched }: Found) {
  await asSystem(null, async ({ sql }) => {
    const [account] = await sql<{ workspaceId: string }[]>`
      update lotse.mail_accounts set reconciled_at = now() where ${isHeld(sql, held)} returning workspace_id
    `;
    if (!account) throw new AppError('mail.leaseLost');
    const row = {
      ...account,
      accountId: held.accountId,
      uidValidity,
      inMailbox,
      missing: missing.length,
      fetched,
      missingUids: missing.slice(0, mostNamed),
    };
    await sql`
      insert into lotse.mail_reconciliations ${sql(row)}
      on conflict (account_id, day) do update
      set
        checked_at = now(),
        uid_validity = excluded.uid_validity,
        in_mailbox = excluded.in_mailbox,
        missing = lotse.mail_reconciliations.missing + excluded.missing,
        fetched = lotse.mail_reconciliations.fetched + excluded.fetched,
        missing_uids = (lotse.mail_reconciliations.missing_uids || excluded.missing_uids)[1:${mostNamed}]
    `;
  });
}
