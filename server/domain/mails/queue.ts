import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import type { Act } from '../act.ts';

export type Queued = {
  id: string;
  workspaceId: string;
  accountId: string;
  raw: Uint8Array | null;
  storageKey: string | null;
  attempts: number;
  envelopeFrom: string;
  envelopeTo: string[];
  /** Of the original, also where only a part was fetched. */
  size: number;
  isPartial: boolean;
  /** It could not be read before, and this ticket says so. */
  ticketId: string | null;
  waitedMs: number;
};

/** A worker that dies leaves its mail to the next one after this long. */
const leaseMinutes = 2;
/** Then a mail is given up. */
export const mostAttempts = 3;
const longestWaitMinutes = 15;

/** So many at once share their transactions; more would keep the first of them waiting. */
const mostAtOnce = 24;
/** Their bytes lie in memory together. */
const bytesAtOnce = 4 * 1024 * 1024;

/**
 * Takes the mails that wait longest, for this worker alone; null when none is due. One that was tried before, or died with its
 * worker, comes alone: whatever it does, it does to itself.
 */
export async function next(): Promise<Queued[] | null> {
  const taken = await asSystem(
    null,
    ({ sql }) => sql<Queued[]>`
    with due as (
      select id, size, attempts, next_attempt_at, received_at
      from lotse.mails
      where state in ('stored', 'parsed', 'threaded')
        and not fetch_again
        -- Later than any wait of ours: the clock was put back since.
        and (next_attempt_at <= now() or next_attempt_at > now() + make_interval(mins => ${longestWaitMinutes}))
      order by next_attempt_at
      limit ${mostAtOnce}
      for update skip locked
    ),
    counted as (
      select
        id,
        row_number() over waiting as place,
        sum(size) over waiting as bytes,
        max(attempts) over waiting as attempts
      from due
      window waiting as (order by next_attempt_at, received_at, id)
    )
    update lotse.mails m
    set attempts = m.attempts + 1, next_attempt_at = now() + make_interval(mins => ${leaseMinutes})
    from counted c
    where m.id = c.id and (c.place = 1 or (c.attempts = 0 and c.bytes <= ${bytesAtOnce}))
    returning
      m.id, m.workspace_id, m.account_id, m.raw, m.storage_key, m.attempts, m.envelope_from, m.envelope_to, m.size,
      m.is_partial, m.ticket_id,
      extract(epoch from now() - m.received_at)::float8 * 1000 as waited_ms
  `,
  );
  return taken.length === 0 ? null : taken;
}

/** As far as it can be told of a mail that nothing else could be done with. */
export type Head = { messageId: string; fromAddress: string; fromName: string; subject: string };

/** Tried again in a minute, then in ten; after the third time it is quarantined alone, visible and repeatable. */
export async function fail(
  mail: Pick<Queued, 'id' | 'attempts'>,
  { reason, head }: { reason: string; head: Head | null },
): Promise<'again' | 'failed'> {
  const isLast = mail.attempts >= mostAttempts;
  await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.mails
    set
      ${sql({ ...head, reason: reason.slice(0, 500), ...(isLast ? { state: 'failed' } : {}) })},
      next_attempt_at = now() + make_interval(mins => ${mail.attempts === 1 ? 1 : 10})
    where id = ${mail.id} and state in ('stored', 'parsed', 'threaded')
  `,
  );
  return isLast ? 'failed' : 'again';
}

/** The end of a mail that nobody could read, in the transaction of what tells of it. False when it ended otherwise meanwhile. */
export async function failWith(act: Act, mailId: string, { reason, head }: { reason: string; head: Head | null }) {
  const ended = await act.sql`
    update lotse.mails
    set ${act.sql({ ...head, reason: reason.slice(0, 500), state: 'failed' })}, ended_at = clock_timestamp()
    where id = ${mailId} and state in ('stored', 'parsed', 'threaded')
    returning id
  `;
  return ended.length > 0;
}

/** Where it can be seen that a mail was given up. */
export async function showOn(act: Act, mailId: string, place: { ticketId: string; ticketMessageId: string }) {
  await act.sql`update lotse.mails set ${act.sql(place)} where id = ${mailId}`;
}

/** Gives a mail back that could not be worked on for reasons of our own; that was no attempt. */
export async function postpone(
  mail: Pick<Queued, 'id'>,
  { reason, seconds }: { reason: string; seconds: number },
): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.mails
    set attempts = greatest(attempts - 1, 0), reason = ${reason}, next_attempt_at = now() + make_interval(secs => ${seconds})
    where id = ${mail.id} and state in ('stored', 'parsed', 'threaded')
  `,
  );
}

/** Gives back mails that wait for others to be filed; that was no attempt. */
export async function giveBack(mails: Pick<Queued, 'id'>[], { seconds }: { seconds: number }): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.mails
    set attempts = greatest(attempts - 1, 0), next_attempt_at = now() + make_interval(secs => ${seconds})
    where id = any (${mails.map(({ id }) => id)}::uuid[]) and state in ('stored', 'parsed', 'threaded')
  `,
  );
}

/**
 * Puts a mail that failed or was ignored back to its first state; the mail job takes it from there. Of one that never came its
 * mailbox is asked first, if it still is the same.
 */
export async function retry(act: Act, { mail }: Command<'mail.retry'>) {
  const [seen] = await act.sql`
    select id from lotse.mails where id = ${mail} and state in ('failed', 'ignored') and private.is_administrator()
  `;
  if (!seen) throw new AppError('mail.notFound');
  await act.system(async (sql) => {
    // What the inbox was shown of it is made anew from its bytes, if it comes there again.
    await sql`delete from lotse.mail_contents where mail_id = ${mail}`;
    await sql`delete from lotse.mail_files where mail_id = ${mail}`;
    await sql`
    update lotse.mails m
    set
      state = 'stored', reason = '', attempts = 0, next_attempt_at = now(),
      fetch_again = m.is_partial and m.raw is null and m.storage_key is null and exists (
        select from lotse.mail_accounts a
        where a.id = m.account_id and a.archived_at is null and a.kind = 'imap' and a.uid_validity = m.uid_validity
      )
    where m.id = ${mail}
  `;
  });
}
