import type { Tx } from '#server/database/actor.ts';
import { consultationOf, type Consultation } from '#server/domain/consultations.ts';
import type { Decision } from './decision.ts';
import type { ParsedMail } from './parsed.ts';
import { isDoubted } from './sender-proof.ts';
import { ownIdOf, repliedTicketOf } from './thread-ids.ts';

type Incoming = { mail: ParsedMail; key: Buffer; account: { workspaceId: string; authservId: string } };

/** What a mail answers that no customer sent: asked for a statement, its writer is heard and yet no part of the ticket. */
export async function statementOf(
  tx: Tx,
  { mail, key, account }: Incoming,
  { decision, sender }: { decision: Decision; sender: string | null },
): Promise<Consultation | null> {
  if (decision.kind !== 'attach' || decision.as !== 'unverified') return null;
  const handles = mail.deliveredTo.map((address) => repliedTicketOf(key, address, account.workspaceId)?.asked);
  const mailIds = [...mail.inReplyTo, ...mail.references].map((id) => ownIdOf(key, id)?.mailId);
  return consultationOf(tx, {
    ticketId: decision.ticketId,
    handle: handles.find((handle) => handle !== undefined) ?? null,
    mailIds: mailIds.filter((id) => typeof id === 'string'),
    contactId: sender,
  });
}

/** From another address, or one that did not stand up to DMARC or that a list names, nobody can tell who answers. */
export function isWrittenBy(
  statement: Consultation | null,
  { mail, account }: Incoming,
  sender: string | null,
): boolean {
  return statement?.contactId === sender && sender !== null && !isDoubted(mail, account.authservId);
}
