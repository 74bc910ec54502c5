import { asSystem } from '#server/database/actor.ts';
import { act as perform, type Act } from '../act.ts';

export type Due = {
  id: string;
  workspaceId: string | null;
  kind: 'confirmation' | 'message' | 'closing' | 'invitation' | 'magicLink' | 'passwordReset';
  accountId: string | null;
  ticketId: string | null;
  contactId: string | null;
  ticketMessageId: string | null;
  input: Record<string, unknown>;
  language: 'de' | 'en';
  toAddress: string;
  messageId: string;
  envelopeFrom: string;
  bytes: Uint8Array | null;
  attempts: number;
};

const leaseMinutes = 2;

/**
 * Takes the next mail that is due, for this process alone. A mail whose ticket became internal meanwhile does not leave.
 * One that was being handed over when its process died may have arrived: it becomes `unknown` and waits for a person,
 * since a second copy cannot be taken back.
 */
export async function next(): Promise<Due | null> {
  const [due] = await asSystem(null, async ({ sql }) => {
    await sql`
      update lotse.outgoing_mails set state = 'unknown', lease_until = null, response = 'interrupted'
      where state = 'sending' and lease_until < now()
    `;
    await sql`
      update lotse.outgoing_mails o set state = 'cancelled', response = 'internal'
      from lotse.tickets t
      where t.id = o.ticket_id and t.visibility = 'internal' and o.state = 'queued'
    `;
    return sql<Due[]>`
      update lotse.outgoing_mails
      set attempts = attempts + 1, next_attempt_at = now() + make_interval(mins => ${leaseMinutes})
      where id = (
        select id
        from lotse.outgoing_mails
        where state = 'queued' and next_attempt_at <= now()
        order by next_attempt_at
        limit 1
        for update skip locked
      )
      returning
        id, workspace_id, kind, account_id, ticket_id, contact_id, ticket_message_id, input, language, to_address, message_id,
        envelope_from, bytes, attempts
    `;
  });
  return due ?? null;
}

export type Built = { bytes: Buffer; messageId: string; envelopeFrom: string; subject: string };

/** The bytes are built once and are what every attempt sends; what only the template needed is forgotten. */
export async function keepBytes(id: string, built: Built): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.outgoing_mails set ${sql({ ...built, input: sql.json({}) })} where id = ${id} and bytes is null
  `,
  );
}

/** From here on the mail may have left: committed before the first byte of it goes out. False when somebody took it back. */
export async function markSending(id: string): Promise<boolean> {
  const taken = await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.outgoing_mails
    set state = 'sending', lease_until = now() + make_interval(mins => ${leaseMinutes})
    where id = ${id} and state = 'queued'
    returning id
  `,
  );
  return taken.length > 0;
}

export type Outcome = {
  state: 'queued' | 'sent' | 'failed' | 'unknown' | 'held' | 'cancelled';
  response: string;
  /** For `queued`: when to try again. */
  retryAt?: string;
};

/** Records how it ended, and tells the ticket's screens. */
export async function settle(due: Due, { state, response, retryAt }: Outcome): Promise<void> {
  await perform({ kind: 'system', workspaceId: due.workspaceId }, async (act) => {
    await act.sql`
      update lotse.outgoing_mails
      set
        state = ${state},
        response = ${response.slice(0, 1000)},
        lease_until = null,
        next_attempt_at = coalesce(${retryAt ?? null}, next_attempt_at),
        sent_at = case when ${state} = 'sent' then now() else sent_at end
      where id = ${due.id} and state in ('queued', 'sending')
    `;
    if (due.ticketId) {
      const data = { mail: due.id, message: due.ticketMessageId, state };
      act.record({ type: 'mail.changed', ticket: due.ticketId, data });
    }
  });
}

/** A delivery report that names an id of ours; the caller proved the id. */
export async function markBounced(act: Act, messageId: string | null): Promise<void> {
  if (!messageId) return;
  const [bounced] = await act.sql<{ id: string; ticketId: string | null; ticketMessageId: string | null }[]>`
    update lotse.outgoing_mails set state = 'bounced'
    where workspace_id = ${act.actor.workspaceId} and message_id = ${messageId} and state in ('sent', 'unknown')
    returning id, ticket_id, ticket_message_id
  `;
  if (bounced?.ticketId) {
    const data = { mail: bounced.id, message: bounced.ticketMessageId, state: 'bounced' };
    act.record({ type: 'mail.changed', ticket: bounced.ticketId, data });
  }
}
