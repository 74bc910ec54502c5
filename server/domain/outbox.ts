import { AppError } from '#lib/shared/errors.ts';
import type { Occasion } from '#lib/shared/templates.ts';
import type { Tx } from '#server/database/actor.ts';

export const outgoingStates = [
  'queued',
  'sending',
  'sent',
  'failed',
  'unknown',
  'held',
  'cancelled',
  'bounced',
] as const;
export type OutgoingState = (typeof outgoingStates)[number];

/** A mail on its way out. Sign-in mails belong to no workspace and are never among them. */
export type OutgoingMail = {
  id: string;
  kind: Occasion | 'notice' | 'invitation' | 'check';
  state: OutgoingState;
  toAddress: string;
  subject: string;
  ticket: number | null;
  attempts: number;
  nextAttemptAt: string;
  /** What the receiving server said, or a word of ours where none was asked. */
  response: string;
  createdAt: string;
  sentAt: string | null;
};

type Wanted = {
  states?: readonly OutgoingState[];
  /** The mail after which to go on. */
  before?: string | undefined;
};

export const outgoingPerPage = 50;

/** The latest first; one more than a page when there are older ones. How a test of an account went is told on its page. */
export function latestOutgoing({ sql }: Tx, { states = outgoingStates, before }: Wanted = {}): Promise<OutgoingMail[]> {
  return sql<OutgoingMail[]>`
    select o.id, o.kind, o.state, o.to_address, o.subject, t.number as ticket, o.attempts, o.next_attempt_at, o.response,
      o.created_at, o.sent_at
    from lotse.outgoing_mails o
    left join lotse.tickets t on t.id = o.ticket_id
    where o.state = any (${states as string[]}) and o.kind <> 'check'
      ${
        before
          ? sql`and (o.created_at, o.id) < (select b.created_at, b.id from lotse.outgoing_mails b where b.id = ${before})`
          : sql``
      }
    order by o.created_at desc, o.id desc
    limit ${outgoingPerPage + 1}
  `;
}

/** How many need somebody to look at them. */
export async function troubled({ sql }: Tx): Promise<{ outgoing: number; incoming: number }> {
  const [row] = await sql<{ outgoing: number; incoming: number }[]>`
    select
      (
        select count(*)::int from lotse.outgoing_mails
        where state in ('failed', 'unknown', 'bounced') and kind <> 'check'
      ) as outgoing,
      (select count(*)::int from lotse.mails where state = 'failed') as incoming
  `;
  return row ?? { outgoing: 0, incoming: 0 };
}

/** One mail and its bytes; null while it is not built yet, or for who may not write on its ticket: it holds the customer's link. */
export async function outgoingById({ sql }: Tx, id: string): Promise<OutgoingMail & { bytes: Buffer | null }> {
  const [mail] = await sql<(OutgoingMail & { bytes: Uint8Array | null })[]>`
    select o.id, o.kind, o.state, o.to_address, o.subject, t.number as ticket, o.attempts, o.next_attempt_at, o.response,
      o.created_at, o.sent_at, private.outgoing_bytes(o.id) as bytes
    from lotse.outgoing_mails o
    left join lotse.tickets t on t.id = o.ticket_id
    where o.id = ${id}
  `;
  if (!mail) throw new AppError('outgoing.notFound');
  return { ...mail, bytes: mail.bytes ? Buffer.from(mail.bytes) : null };
}
