import type { Occasion } from '#lib/shared/templates.ts';
import { asSystem } from '#server/database/actor.ts';
import { act as perform, type Act } from '../act.ts';

export type Due = {
  id: string;
  workspaceId: string | null;
  kind: Occasion | 'notice' | 'invitation' | 'magicLink' | 'passwordReset';
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

/** A process that dies while it builds a mail leaves it to the next one after this long. */
const leaseMinutes = 2;
/** Longer than handing one over may take (server/mail/transport.ts): only a dead process is overtaken. */
export const sendingMinutes = 20;
/** Longer than the longest wait between two tries (server/mail/outbox.ts). */
const longestWaitMinutes = 5 * 60;

/** Takes the next mail that is due, for this process alone; null when none is. */
export async function next(): Promise<Due | null> {
  const [due] = await asSystem(
    null,
    ({ sql }) => sql<Due[]>`
    update lotse.outgoing_mails
    set attempts = attempts + 1, next_attempt_at = now() + make_interval(mins => ${leaseMinutes})
    where id = (
      select id
      from lotse.outgoing_mails
      where state = 'queued'
        -- Later than any wait of ours: the clock was put back since.
        and (next_attempt_at <= now() or next_attempt_at > now() + make_interval(mins => ${longestWaitMinutes}))
      order by next_attempt_at
      limit 1
      for update skip locked
    )
    returning
      id, workspace_id, kind, account_id, ticket_id, contact_id, ticket_message_id, input, language, to_address, message_id,
      envelope_from, bytes, attempts
  `,
  );
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

/**
 * From here on the mail may have left: committed before the first byte of it goes out. False when it must not any more:
 * somebody took it back, or the ticket became internal meanwhile.
 */
export async function markSending(id: string): Promise<boolean> {
  const taken = await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.outgoing_mails o
    set state = 'sending', lease_until = now() + make_interval(mins => ${sendingMinutes})
    where o.id = ${id}
      and o.state = 'queued'
      and (o.ticket_id is null or exists (select from lotse.tickets t where t.id = o.ticket_id and t.visibility = 'public'))
    returning o.id
  `,
  );
  return taken.length > 0;
}

export type Outcome = {
  state: 'queued' | 'sent' | 'failed' | 'unknown' | 'held' | 'cancelled';
  response: string;
  /** For `queued`: when to try again, by the database's clock. */
  retryInMinutes?: number;
};

/** Records how it ended, and tells the ticket's screens. What somebody decided meanwhile stands. */
export async function settle(due: Due, { state, response, retryInMinutes }: Outcome): Promise<void> {
  await perform({ kind: 'system', workspaceId: due.workspaceId }, async (act) => {
    const settled = await act.sql`
      update lotse.outgoing_mails
      set
        state = ${state},
        response = ${response.slice(0, 1000)},
        lease_until = null,
        next_attempt_at = coalesce(now() + make_interval(mins => ${retryInMinutes ?? null}), next_attempt_at),
        sent_at = case when ${state} = 'sent' then now() else sent_at end
      where id = ${due.id} and attempts = ${due.attempts} and state in ('queued', 'sending', 'unknown')
      returning id
    `;
    if (settled.length > 0) tell(act, due, state);
  });
}

type Told = { id: string; ticketId: string | null; ticketMessageId: string | null };

export function tell(act: Act, { id, ticketId, ticketMessageId }: Told, state: string): void {
  if (!ticketId) return;
  act.record({ type: 'mail.changed', ticket: ticketId, data: { mail: id, message: ticketMessageId, state } });
}

/** A delivery report that names an id of ours; the caller proved the id. */
export async function markBounced(act: Act, messageId: string | null): Promise<void> {
  if (!messageId) return;
  const bounced = await act.sql<Told[]>`
    update lotse.outgoing_mails set state = 'bounced'
    where workspace_id = ${act.actor.workspaceId} and message_id = ${messageId} and state in ('sent', 'unknown')
    returning id, ticket_id, ticket_message_id
  `;
  for (const mail of bounced) tell(act, mail, 'bounced');
}
