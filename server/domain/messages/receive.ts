import { randomUUID } from 'node:crypto';
import type { Act } from '../act.ts';

export type Received = {
  ticket: string;
  contact: string;
  html: string;
  text: string;
  quotedHtml: string;
  /** Written by a machine: shown as that, and neither unread nor waiting for an answer. */
  isAutomatic: boolean;
  /** False for a stranger who wrote into the thread: he is shown as such and learns nothing. */
  isVerified: boolean;
  files: StoredFile[];
};

export type StoredFile = {
  name: string;
  mime: string;
  size: number;
  sha256: string;
  storageKey: string;
  contentId: string | null;
};

/** A customer's words that came by mail, filed by the system. Throws `ticket.closed` when the ticket ended meanwhile. */
export async function receive(act: Act, received: Received): Promise<string> {
  const { sql, actor } = act;
  const message = randomUUID();
  await sql`
    insert into lotse.messages (
      id, workspace_id, ticket_id, kind, visibility, author_contact_id, channel, body_html, body_text, quoted_html, machine, verified
    )
    values (
      ${message}, ${actor.workspaceId}, ${received.ticket}, 'message', 'public', ${received.contact}, 'mail',
      ${received.html}, ${received.text}, ${received.quotedHtml}, ${received.isAutomatic ? 'automatic' : ''}, ${received.isVerified}
    )
  `;
  await keepFiles(act, message, received);
  await sql`
    insert into lotse.ticket_customers (workspace_id, ticket_id, contact_id, verified)
    values (${actor.workspaceId}, ${received.ticket}, ${received.contact}, ${received.isVerified})
    on conflict (ticket_id, contact_id) do nothing
  `;
  if (!received.isAutomatic) await markWaiting(act, received.ticket);
  const machine = received.isAutomatic ? 'automatic' : '';
  act.record({
    type: 'message.posted',
    ticket: received.ticket,
    contact: received.contact,
    data: { message, kind: 'message', visibility: 'public', channel: 'mail', machine },
    ...(received.isAutomatic ? {} : { customer: { message, kind: 'message' } }),
  });
  return message;
}

async function keepFiles(act: Act, message: string, { ticket, contact, files }: Received): Promise<void> {
  for (const file of files) {
    const row = {
      ...file,
      workspaceId: act.actor.workspaceId,
      ticketId: ticket,
      messageId: message,
      visibility: 'public',
      uploadedByContactId: contact,
    };
    await act.sql`insert into lotse.files ${act.sql(row)}`;
  }
}

async function markWaiting(act: Act, ticket: string): Promise<void> {
  await act.sql`
    update lotse.tickets
    set last_message_at = now(), last_customer_at = now(), waiting_since = coalesce(waiting_since, now())
    where id = ${ticket}
  `;
}
