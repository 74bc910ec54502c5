import type { Tx } from '#server/database/actor.ts';

/** Why an administrator may believe that nothing of an account is lost. Times are null where there was none yet. */
export type AccountTrust = {
  id: string;
  name: string;
  address: string;
  kind: 'imap' | 'smtp';
  isPaused: boolean;
  lastSuccessAt: string | null;
  lastError: string;
  /** Mails that wait to be filed, and since when the oldest of them does. */
  backlog: number;
  backlogSince: string | null;
  /** Mails that nobody could read, or that were given up. */
  failed: number;
  /** When mailbox and ledger were compared last; direct delivery has no mailbox to compare. */
  reconciledAt: string | null;
  /** Each comparison from this day on found all mails, or fetched what was missing: nothing was lost since. */
  losslessSince: string | null;
  /** The latest day on which a mail was missing and could not be fetched. */
  lastLoss: { day: string; missing: number; fetched: number; uids: number[] } | null;
};

/** All accounts that are in use, as the ledger's page shows them. For administrators; others see none. */
export function accountTrust({ sql }: Tx): Promise<AccountTrust[]> {
  return sql<AccountTrust[]>`
    select
      a.id, a.name, a.address, a.kind, a.paused_at is not null as is_paused, a.last_success_at, a.last_error,
      coalesce(waiting.count, 0)::int as backlog, waiting.since as backlog_since,
      (select count(*)::int from lotse.mails m where m.workspace_id = a.workspace_id and m.account_id = a.id and m.state = 'failed') as failed,
      a.reconciled_at,
      (
        select min(r.day)::text from lotse.mail_reconciliations r
        where r.account_id = a.id and r.day > coalesce(loss.day, '-infinity')
      ) as lossless_since,
      case when loss.day is not null then jsonb_build_object(
        'day', loss.day, 'missing', loss.missing, 'fetched', loss.fetched, 'uids', to_jsonb(loss.missing_uids)
      ) end as last_loss
    from lotse.mail_accounts a
    left join (
      select m.account_id, count(*), min(m.received_at) as since
      from lotse.mails m
      where m.state in ('stored', 'parsed', 'threaded')
      group by m.account_id
    ) waiting on waiting.account_id = a.id
    left join lateral (
      select r.day, r.missing, r.fetched, r.missing_uids
      from lotse.mail_reconciliations r
      where r.account_id = a.id and r.missing > r.fetched
      order by r.day desc
      limit 1
    ) loss on true
    where a.archived_at is null
    order by a.name collate "de-x-icu", a.id
    limit 200
  `;
}

export type Reconciliation = {
  day: string;
  checkedAt: string;
  inMailbox: number;
  missing: number;
  /** The first hundred of them by UID. */
  missingUids: number[];
  fetched: number;
};

/** The latest days of one account, the newest first. */
export function reconciliations({ sql }: Tx, account: string, days = 30): Promise<Reconciliation[]> {
  return sql<Reconciliation[]>`
    select day::text, checked_at, in_mailbox, missing, to_jsonb(missing_uids) as missing_uids, fetched
    from lotse.mail_reconciliations
    where account_id = ${account}
    order by day desc
    limit ${Math.min(days, 366)}
  `;
}

/** All that the ledger knows of one mail. */
export type MailRecord = {
  id: string;
  account: { id: string; name: string };
  state: string;
  reason: string;
  verdicts: string[];
  attempts: number;
  nextAttemptAt: string;
  receivedAt: string;
  endedAt: string | null;
  sentAt: string | null;
  settledAt: string | null;
  /** Milliseconds by step: wait, read, place, file. */
  spent: Record<string, number>;
  fromName: string;
  fromAddress: string;
  envelopeFrom: string;
  envelopeTo: string[];
  subject: string;
  messageId: string;
  size: number;
  isPartial: boolean;
  uid: number | null;
  sha256: string;
  ticket: number | null;
  maybeTicket: number | null;
  duplicateOf: string | null;
  hasSource: boolean;
};

/** Null for one that is not there or not the reader's to see. */
export async function mailRecord({ sql }: Tx, id: string): Promise<MailRecord | null> {
  const [mail] = await sql<MailRecord[]>`
    select
      m.id, jsonb_build_object('id', a.id, 'name', a.name) as account, m.state, m.reason, m.verdicts, m.attempts, m.next_attempt_at,
      m.received_at, m.ended_at, m.sent_at, m.settled_at, m.spent, m.from_name, m.from_address, m.envelope_from, m.envelope_to,
      m.subject, m.message_id, m.size::float8 as size, m.is_partial, m.uid::float8 as uid, m.sha256, t.number as ticket,
      maybe.number as maybe_ticket, m.duplicate_of_id as duplicate_of, (m.raw is not null or m.storage_key is not null) as has_source
    from lotse.mails m
    join lotse.mail_accounts a on a.id = m.account_id
    left join lotse.tickets t on t.id = m.ticket_id
    left join lotse.tickets maybe on maybe.id = m.maybe_ticket_id
    where m.id = ${id}
  `;
  return mail ?? null;
}
