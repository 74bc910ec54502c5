import { base32 } from './base32.ts';
import { isSame, sign, uuidBytes, uuidOf } from './keyed.ts';

/**
 * What our mails carry so that an answer finds its ticket: an id `lotse.<ticket>.<mail>.<mac>@domain` and an
 * address `support+<number>.<mac>@…`. Both are keyed, since other help desks had their guessable ones abused to write
 * into foreign tickets; both prove that somebody holds our mail, not who he is.
 */

export type OwnId = { ticketId: string; mailId: string | null };

/** Message-ID of an outgoing mail, without angle brackets. Ids are uuids; the domain is not part of the proof, it may change. */
export function messageIdFor(
  key: Buffer,
  { domain, ticketId, mailId }: { domain: string; ticketId: string; mailId: string },
): string {
  const ticket = base32(uuidBytes(ticketId));
  const mail = base32(uuidBytes(mailId));
  return `lotse.${ticket}.${mail}.${sign(key, `id:${ticket}:${mail}`)}@${domain}`;
}

/** A Message-ID nobody sent, first in References of all mails of a ticket: they thread even where a relay rewrites ids. */
export function threadIdFor(key: Buffer, { domain, ticketId }: { domain: string; ticketId: string }): string {
  const ticket = base32(uuidBytes(ticketId));
  return `lotse.${ticket}.thread.${sign(key, `id:${ticket}:thread`)}@${domain}`;
}

/** The ticket (and mail) an id of ours names; null for anything else and for forgeries. */
export function ownIdOf(key: Buffer, messageId: string): OwnId | null {
  const [, ticket, mail, mac] = /^lotse\.([a-z2-7]{26})\.([a-z2-7]{26}|thread)\.([a-z2-7]{26})@/i.exec(messageId) ?? [];
  if (!ticket || !mail || !mac) return null;
  const named = `id:${ticket.toLowerCase()}:${mail.toLowerCase()}`;
  if (!isSame(sign(key, named), mac.toLowerCase())) return null;
  const ticketId = uuidOf(ticket.toLowerCase());
  return ticketId === null ? null : { ticketId, mailId: mail.length === 26 ? uuidOf(mail.toLowerCase()) : null };
}

/**
 * Message-ID of a mail that is about no ticket, or must not lead to one: by it nobody who answers gets onto a ticket, and yet a bounce can
 * prove which mail it is about.
 */
export function plainIdFor(key: Buffer, { domain, mailId }: { domain: string; mailId: string }): string {
  const mail = base32(uuidBytes(mailId));
  return `lotse.mail.${mail}.${sign(key, `mail:${mail}`)}@${domain}`;
}

/** The mail that such an id names; null for anything else and for forgeries. */
export function plainMailOf(key: Buffer, messageId: string): string | null {
  const [, mail, mac] = /^lotse\.mail\.([a-z2-7]{26})\.([a-z2-7]{26})@/.exec(messageId.toLowerCase()) ?? [];
  return mail && mac && isSame(sign(key, `mail:${mail}`), mac) ? uuidOf(mail) : null;
}

/** Which mail of ours an id names, of whatever kind. */
export function ownMailOf(key: Buffer, messageId: string): string | null {
  return plainMailOf(key, messageId) ?? ownIdOf(key, messageId)?.mailId ?? null;
}

/** `asked`: the handle of the consultation whose answer comes to this address. */
export type ReplyTicket = { workspaceId: string; number: number; asked?: number };

/**
 * `support@example.org` → `support+1042.<mac>@example.org`, the part before the @ at most 64 bytes (RFC 5321, 4.5.3.1.1).
 * An address too long for that comes back as it was: ids and the number in the subject still thread.
 */
export function replyAddressFor(key: Buffer, address: string, ticket: ReplyTicket): string {
  const at = address.lastIndexOf('@');
  const local = `${address.slice(0, at)}+${tagOf(ticket)}.${sign(key, replyText(ticket))}`.toLowerCase();
  return Buffer.byteLength(local) > 64 ? address : `${local}${address.slice(at).toLowerCase()}`;
}

/** The ticket number an address of ours carries for this workspace; null for any other address and for forgeries. */
export function repliedNumberOf(key: Buffer, address: string, workspaceId: string): number | null {
  return repliedTicketOf(key, address, workspaceId)?.number ?? null;
}

/** The same with the consultation that it answers. */
export function repliedTicketOf(key: Buffer, address: string, workspaceId: string): ReplyTicket | null {
  const [, digits, handle, mac] = /\+(\d{1,9})(?:-(\d{1,10}))?\.([a-z2-7]{26})@/.exec(address.toLowerCase()) ?? [];
  if (!digits || !mac) return null;
  const ticket = { workspaceId, number: Number(digits), ...(handle ? { asked: Number(handle) } : {}) };
  return isSame(sign(key, replyText(ticket)), mac) ? ticket : null;
}

function tagOf({ number, asked }: ReplyTicket): string {
  return asked === undefined ? String(number) : `${number}-${asked}`;
}

function replyText(ticket: ReplyTicket): string {
  return `reply:${ticket.workspaceId.toLowerCase()}:${tagOf(ticket)}`;
}
