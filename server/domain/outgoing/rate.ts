import type { TransactionSql } from '#server/database/pool.ts';
import type { Due } from './queue.ts';

/** Mails may leave this much before their turn, so that a process that looks each second can keep to a high rate. */
const burstSeconds = 2;

/**
 * Whose turn it is, where the provider of an account takes so many in a minute: each mail moves the account's next turn on. The row
 * is locked, so that several processes count together. Nothing more is taken before the next turn.
 */
export async function turnsOf(sql: TransactionSql, dues: Due[]): Promise<Set<string>> {
  const turns = new Set(dues.map(({ id }) => id));
  const limited = Map.groupBy(
    dues.filter(({ sender }) => sender?.smtp?.perMinute),
    ({ accountId }) => accountId ?? '',
  );
  // In one order, or two processes could wait for each other.
  for (const account of [...limited.keys()].toSorted()) {
    const mails = limited.get(account) ?? [];
    // In any minute no more than that, early ones included.
    const everySeconds = (60 + burstSeconds) / (mails[0]?.sender?.smtp?.perMinute ?? 1);
    const may = await turnsIn(sql, { account, wanted: mails.length, everySeconds });
    for (const { id } of mails.slice(may)) turns.delete(id);
  }
  return turns;
}

type Wanted = { account: string; wanted: number; everySeconds: number };

async function turnsIn(sql: TransactionSql, { account, wanted, everySeconds }: Wanted): Promise<number> {
  const [row] = await sql<{ aheadSeconds: number }[]>`
    select extract(epoch from greatest(smtp_turn_at, now()) - now())::float8 as ahead_seconds
    from lotse.mail_accounts
    where id = ${account}
    for update
  `;
  const ahead = row?.aheadSeconds ?? 0;
  const room = ahead > burstSeconds ? 0 : Math.floor((burstSeconds - ahead) / everySeconds) + 1;
  const may = Math.min(wanted, room);
  const next = ahead + may * everySeconds;
  await sql`
    update lotse.mail_accounts
    set
      smtp_turn_at = now() + make_interval(secs => ${next}),
      smtp_rests_until = case when ${next > burstSeconds} then now() + make_interval(secs => ${next - burstSeconds}) end
    where id = ${account}
  `;
  return may;
}

/** Was no try. */
export async function giveBack(sql: TransactionSql, dues: Due[]): Promise<void> {
  if (dues.length === 0) return;
  await sql`
    update lotse.outgoing_mails set state = 'queued', attempts = attempts - 1, lease_until = null
    where id = any (${dues.map(({ id }) => id)}::uuid[])
  `;
}
