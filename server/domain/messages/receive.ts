import { randomUUID } from 'node:crypto';
import type { Act } from '../act.ts';
import { answered } from '../tickets/answered.ts';

export type Received = {
  ticket: string;
  /** Null: it claims to be a member's and nobody can tell; an internal comment that says so, which no customer sees. */
  contact: string | null;
  /** With no contact: the member who wrote it, proven. */
  member?: string;
  html: string;
  text: string;
  quotedHtml: string;
  /** Written by a machine: shown as that, and neither unread nor waiting for an answer. */
  isAutomatic: boolean;
  /** False for a stranger who wrote into the thread: he is shown as such and learns nothing. */
  isVerified: boolean;
  /** The ticket was made for it in the same transaction, with its customer and waiting for an answer if it is to. */
  isFirst?: boolean;
  /** Of somebody outside who was asked for it: he takes no part in the ticket by that. */
  isStatement?: boolean;
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

/** Words that came by mail, filed by the system. Throws `ticket.closed` when the ticket ended before a customer's. */
export async function receive(act: Act, received: Received): Promise<string> {
  const { sql, actor } = act;
  const { ticket, contact } = received;
  const message = randomUUID();
  const machine = received.isAutomatic ? 'automatic' : '';
  const row = {
    id: message,
    workspaceId: actor.workspaceId,
    ticketId: ticket,
    ...sightOf(received),
    authorContactId: contact,
    ...(contact === null && received.member ? { authorMemberId: received.member } : {}),
    channel: 'mail',
    bodyHtml: received.html,
    bodyText: received.text,
    quotedHtml: received.quotedHtml,
    machine,
    // What a colleague is said to have written is marked until he is proven.
    verified: received.isVerified || received.member !== undefined || (received.isStatement === true && !contact),
    occasion: received.isStatement ? 'statement' : '',
  };
  await sql`insert into lotse.messages ${sql(row)}`;
  await keepFiles(act, message, received);
  if (contact && !received.isFirst && !received.isStatement) {
    await join(act, { ticket, contact, isVerified: received.isVerified });
  }
  if ((contact || received.isStatement) && !received.isFirst && !machine) await heard(act, received);
  act.record({
    type: 'message.posted',
    ticket,
    ...(contact ? { contact } : {}),
    data: { message, ...sightOf(received), channel: 'mail', machine },
    ...(machine || !contact ? {} : { customer: { message, kind: 'message' as const } }),
  });
  return message;
}

function sightOf({ contact }: Received) {
  return contact
    ? { kind: 'message' as const, visibility: 'public' as const }
    : { kind: 'comment' as const, visibility: 'internal' as const };
}

/** A stranger is heard as well; what the ticket waits for is the word of a customer. */
async function heard(act: Act, { ticket, contact, isVerified, isStatement = false }: Received): Promise<void> {
  if (isVerified && !isStatement) return answered(act, { ticket, contact });
  // Whoever was asked for a statement waits for nothing; the team sees that there is something to read.
  await act.sql`
    update lotse.tickets
    set
      last_message_at = now(),
      last_customer_at = now(),
      waiting_since = case when ${isStatement} then waiting_since else coalesce(waiting_since, now()) end
    where id = ${ticket}
  `;
}

async function join(act: Act, who: { ticket: string; contact: string; isVerified: boolean }): Promise<void> {
  await act.sql`
    insert into lotse.ticket_customers (workspace_id, ticket_id, contact_id, verified)
    values (${act.actor.workspaceId}, ${who.ticket}, ${who.contact}, ${who.isVerified})
    on conflict (ticket_id, contact_id) do nothing
  `;
}

async function keepFiles(act: Act, message: string, received: Received): Promise<void> {
  const { ticket, contact, files } = received;
  if (files.length === 0) return;
  const rows = files.map((file) => ({
    ...file,
    workspaceId: act.actor.workspaceId,
    ticketId: ticket,
    messageId: message,
    visibility: sightOf(received).visibility,
    uploadedByContactId: contact,
  }));
  // A statement takes 65,535 values.
  for (let at = 0; at < rows.length; at += 500)
    await act.sql`insert into lotse.files ${act.sql(rows.slice(at, at + 500))}`;
}
