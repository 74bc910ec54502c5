import { asSystem } from '#server/database/actor.ts';

/** UIDs of stored mails whose original was not yet marked, moved or deleted: a step that a crash may have left out. */
export async function unsettled(accountId: string, uidValidity: number): Promise<number[]> {
  const rows = await asSystem(
    null,
    ({ sql }) => sql<{ uid: number }[]>`
    select uid
    from lotse.mails
    where account_id = ${accountId} and uid_validity = ${uidValidity} and settled_at is null
    order by uid
    limit 500
  `,
  );
  return rows.map((row) => row.uid);
}

export async function markSettled(accountId: string, uidValidity: number, uids: number[]): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.mails set settled_at = now()
    where account_id = ${accountId} and uid_validity = ${uidValidity} and uid = any (${uids}::bigint[])
  `,
  );
}
