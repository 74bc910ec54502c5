import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import type { TransactionSql } from '#server/database/pool.ts';

export const leaseSeconds = 90;
/** The longest that is given: a mailbox that refused its password is left alone for so long. */
export const longestLeaseMs = 15 * 60_000;

/** The last mail that was read, and the one behind which reading began; `uidValidity` null before the first look. */
export type Cursor = {
  /** Which of the account's mailboxes that is. */
  mailbox: number;
  uidValidity: number | null;
  lastUid: number;
  startUid: number | null;
  /** When mailbox and ledger were compared last. */
  reconciledAt: string | null;
  /** Until then nothing was left out. */
  lastSuccessAt: string | null;
};

/** Who reads an account, and which of all its leases that is. Whoever holds an earlier one writes nothing any more. */
export type Held = { accountId: string; holder: string; token: number };

export type Lease = {
  held: Held;
  /** Where reading goes on, as of taking the lease: another process may have read until just now. */
  cursor: Cursor;
  renew(): Promise<boolean>;
  /** For longer than usual, `longestLeaseMs` at most: nobody else shall try meanwhile. */
  keep(ms: number): Promise<void>;
  end(): Promise<void>;
};

/**
 * One reader per account among all processes. Null while another holds it, or when the account is no longer to be read.
 * A reader that could not renew in time has lost it: whoever writes the cursor does so as the holder.
 */
export async function lease(accountId: string, holder: string): Promise<Lease | null> {
  const [taken] = await asSystem(
    null,
    ({ sql }) => sql<(Cursor & { leaseToken: number })[]>`
    update lotse.mail_accounts
    set
      lease_holder = ${holder},
      lease_token = lease_token + 1,
      lease_until = now() + make_interval(secs => ${leaseSeconds})
    where id = ${accountId}
      and paused_at is null
      and archived_at is null
      and (
        lease_holder = ${holder}
        or lease_until is null
        or lease_until < now()
        -- Longer than any lease is given: the clock was put back since.
        or lease_until > now() + make_interval(secs => ${longestLeaseMs / 1000 + leaseSeconds})
      )
    returning mailbox, uid_validity, last_uid, start_uid, reconciled_at, last_success_at, lease_token
  `,
  );
  if (!taken) return null;
  const { leaseToken: token, ...cursor } = taken;
  const held = { accountId, holder, token };
  return {
    held,
    cursor,
    async renew() {
      const kept = await asSystem(
        null,
        ({ sql }) => sql`
        update lotse.mail_accounts set lease_until = now() + make_interval(secs => ${leaseSeconds})
        where ${isHeld(sql, held)} and paused_at is null and archived_at is null
        returning id
      `,
      );
      return kept.length > 0;
    },
    async keep(ms) {
      await asSystem(
        null,
        ({ sql }) => sql`
        update lotse.mail_accounts set lease_until = now() + make_interval(secs => ${Math.min(ms, longestLeaseMs) / 1000})
        where ${isHeld(sql, held)}
      `,
      );
    },
    async end() {
      await asSystem(
        null,
        ({ sql }) => sql`
        update lotse.mail_accounts set lease_holder = null, lease_until = null
        where ${isHeld(sql, held)}
      `,
      );
    },
  };
}

/** How long until the account may be free: until its holder's lease ends, if he is dead. */
export async function leaseLeftMs(accountId: string): Promise<number> {
  const [row] = await asSystem(
    null,
    ({ sql }) => sql<{ leftMs: number }[]>`
      select extract(epoch from lease_until - now())::float8 * 1000 as left_ms
      from lotse.mail_accounts
      where id = ${accountId} and lease_until > now()
    `,
    { readOnly: true },
  );
  return row?.leftMs ?? 0;
}

export function isHeld(sql: TransactionSql, { accountId, holder, token }: Held) {
  return sql`id = ${accountId} and lease_holder = ${holder} and lease_token = ${token}`;
}

/** What the account's page shows until the next success. Who lost the lease meanwhile knows nothing of the account any more. */
export async function reportFailure(held: Held, sentence: string): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.mail_accounts set last_error = ${sentence.slice(0, 500)}
    where ${isHeld(sql, held)}
  `,
  );
}

type Start = { uidValidity: number; lastUid: number };

/** Where reading begins: at the first look into a mailbox, and when the server numbered its mails anew. */
export async function startFrom(held: Held, { uidValidity, lastUid }: Start): Promise<void> {
  const begun = await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.mail_accounts
    set uid_validity = ${uidValidity}, last_uid = ${lastUid}, start_uid = ${lastUid}
    where ${isHeld(sql, held)}
    returning id
  `,
  );
  if (begun.length === 0) throw new AppError('mail.leaseLost');
}

/** A look that found nothing new is a success too. */
export async function reportSuccess(held: Held): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.mail_accounts set last_error = '', last_success_at = now()
    where ${isHeld(sql, held)}
  `,
  );
}
