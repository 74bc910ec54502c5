import { AppError } from '#lib/shared/errors.ts';
import type { Tx } from '#server/database/actor.ts';
import { bytesOf } from './mails/store.ts';

export const mailStates = ['stored', 'parsed', 'threaded', 'waiting', 'filed', 'ignored', 'failed'] as const;
export type MailState = (typeof mailStates)[number];

/** A mail of the ledger: that it came, and what became of it. */
export type LedgerMail = {
  id: string;
  account: string;
  state: MailState;
  /** A code, see the column in the migration. */
  reason: string;
  attempts: number;
  /** Milliseconds by step. */
  spent: Record<string, number>;
  isPartial: boolean;
  /** Of the filters that had a say. */
  filterNames: string[];
  fromName: string;
  fromAddress: string;
  subject: string;
  size: number;
  verdicts: string[];
  receivedAt: string;
  ticket: number | null;
  maybeTicket: number | null;
  hasSource: boolean;
};

type Wanted = {
  states?: readonly MailState[];
  /** The mail after which to go on. */
  before?: string | undefined;
  account?: string | undefined;
  /** In subject or sender. */
  text?: string | undefined;
  /** Whole days, `2026-11-22`, both included. */
  from?: string | undefined;
  to?: string | undefined;
};

export const mailsPerPage = 50;

/** The latest first; one more than a page when there are older ones. */
export function latestMails(
  { sql }: Tx,
  { states = mailStates, before, account, text, from, to }: Wanted = {},
): Promise<LedgerMail[]> {
  const pattern = text ? `%${text.replace(/[\\%_]/g, (mark) => `\\${mark}`)}%` : null;
  return sql<LedgerMail[]>`
    select
      m.id, a.name as account, m.state, m.reason, m.attempts, m.spent, m.is_partial, m.filter_names, m.from_name,
      coalesce(nullif(m.from_address, ''), m.envelope_from) as from_address, m.subject, m.size::int as size, m.verdicts,
      m.received_at, t.number as ticket, maybe.number as maybe_ticket,
      (m.raw is not null or m.storage_key is not null) as has_source
    from lotse.mails m
    join lotse.mail_accounts a on a.id = m.account_id
    left join lotse.tickets t on t.id = m.ticket_id
    left join lotse.tickets maybe on maybe.id = m.maybe_ticket_id
    where m.state = any (${states as string[]})
      ${account ? sql`and m.account_id = ${account}` : sql``}
      ${pattern ? sql`and concat_ws(' ', m.subject, m.from_name, m.from_address) ilike ${pattern}` : sql``}
      ${from ? sql`and m.received_at >= ${from}::date` : sql``}
      ${to ? sql`and m.received_at < ${to}::date + 1` : sql``}
      ${
        before
          ? sql`and (m.received_at, m.id) < (select b.received_at, b.id from lotse.mails b where b.id = ${before})`
          : sql``
      }
    order by m.received_at desc, m.id desc
    limit ${mailsPerPage + 1}
  `;
}

/** A mail as it came, byte by byte; a file of another workspace and one that is not there look alike. */
export async function sourceOf({ sql }: Tx, id: string): Promise<{ receivedAt: string; bytes: Buffer }> {
  const [mail] = await sql<{ raw: Uint8Array | null; storageKey: string | null; receivedAt: string }[]>`
    select raw, storage_key, received_at from lotse.mails where id = ${id} and private.is_administrator()
  `;
  const bytes = mail ? await bytesOf(mail) : null;
  if (!mail || !bytes) throw new AppError('mail.notFound');
  return { receivedAt: mail.receivedAt, bytes };
}
