import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { AppError } from '#lib/shared/errors.ts';
import type { TransactionSql } from '#server/database/pool.ts';

/** At most `limit` in each window of `windowSeconds` for one key, such as `signIn:<address>`. */
export type Limit = { key: string; limit: number; windowSeconds: number };

/**
 * Counts one attempt, for everything a stranger can call. Give it a transaction of its own: the count must stay when what
 * follows is rolled back.
 * @throws AppError('too.many', { retryAfterSeconds })
 */
export async function spend(sql: TransactionSql, { key, limit, windowSeconds }: Limit): Promise<void> {
  const [row] = await sql<{ count: number; retryAfterSeconds: number }[]>`
    insert into lotse.attempts as a (bucket, window_start)
    values (${bucket(key)}, to_timestamp(floor(extract(epoch from now()) / ${windowSeconds}) * ${windowSeconds}))
    on conflict (bucket, window_start) do update set count = a.count + 1
    returning count,
      ceil(extract(epoch from window_start) + ${windowSeconds} - extract(epoch from now()))::int as retry_after_seconds
  `;
  if (row && row.count > limit) throw new AppError('too.many', { retryAfterSeconds: row.retryAfterSeconds });
}

/** Whoever got in after all starts anew. */
export async function forget(sql: TransactionSql, key: string): Promise<void> {
  await sql`delete from lotse.attempts where bucket = ${bucket(key)}`;
}

/** For a job, now and then. No window is longer than a day. */
export async function sweep(sql: TransactionSql): Promise<void> {
  await sql`delete from lotse.attempts where window_start < now() - interval '1 day'`;
}

/** One household's IPv6 network is one stranger: who holds a /64 holds 2^64 addresses. */
export function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%', 1)[0] ?? '';
  if (!isIPv6(plain)) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const before = head ? head.split(':') : [];
  const after = tail ? tail.split(':') : [];
  const zeros = plain.includes('::') ? Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0') : [];
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

/** The purpose can be read, the person cannot. */
function bucket(key: string): string {
  const [purpose] = key.split(':', 1);
  return `${purpose}:${createHash('sha256').update(key).digest('base64url')}`;
}
