import type { Command } from '#lib/shared/commands.ts';
import type { ImageTrust } from '#lib/shared/conversation.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Tx } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';
import type { Act } from './act.ts';

/**
 * Whether a mail's sender is who he says, over `x` (mails): his address stood up to DMARC at the account's own server, and nobody
 * called it spam. Else anybody who claims a trusted address would be told that his mail is read.
 */
const isProven = (sql: TransactionSql) =>
  sql`(x.from_address <> '' and 'proven' = any (x.verdicts) and not x.verdicts && array['forged', 'spam', 'bounce', 'complaint'])`;

const trust = (sql: TransactionSql) => sql`
  case when ${isProven(sql)} then x.from_address else '' end as sender,
  ${isProven(sql)} and exists (select from lotse.image_senders s where s.address = x.from_address) as is_trusted
`;

export async function imageTrustOf({ sql, actor }: Tx, messageIds: string[]): Promise<Map<string, ImageTrust>> {
  if (actor.kind !== 'member' || messageIds.length === 0) return new Map();
  const rows = await sql<(ImageTrust & { message: string })[]>`
    select x.ticket_message_id as message, ${trust(sql)}
    from lotse.mails x
    join lotse.messages said on said.id = x.ticket_message_id and said.verified
    where x.ticket_message_id = any (${messageIds}::uuid[])
  `;
  return new Map(rows.map(({ message, ...each }) => [message, each]));
}

export async function imageTrustOfMail({ sql }: Tx, mail: string): Promise<ImageTrust> {
  const [row] = await sql<ImageTrust[]>`select ${trust(sql)} from lotse.mails x where x.id = ${mail}`;
  return row ?? { sender: '', isTrusted: false };
}

/** Whose pictures the reader sees at once. */
export async function imageSenders({ sql }: Tx): Promise<{ address: string; since: string }[]> {
  return sql<{ address: string; since: string }[]>`
    select address, created_at as since from lotse.image_senders order by address limit ${mostSenders}
  `;
}

const mostSenders = 500;

export async function trustSender(act: Act, { address, isTrusted }: Command<'images.trust'>) {
  const { actor, sql } = act;
  if (actor.kind !== 'member') throw new AppError('forbidden');
  if (!isTrusted) {
    await sql`delete from lotse.image_senders where address = ${address}`;
    return;
  }
  const [known] = await sql<{ count: number }[]>`select count(*)::int from lotse.image_senders`;
  if ((known?.count ?? 0) >= mostSenders) throw new AppError('too.many');
  const row = { workspaceId: actor.workspaceId, memberId: actor.memberId, address };
  await sql`insert into lotse.image_senders ${sql(row)} on conflict do nothing`;
}
