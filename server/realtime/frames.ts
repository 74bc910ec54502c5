import type { Frame } from '#lib/shared/board.ts';
import { rooms } from '#server/domain/events.ts';
import type { CustomerRow, LedgerRow } from '#server/domain/feed.ts';

/** A staff event as the team is sent it. `prev` is the seq before it, for each room of its audience. */
export function staffFrame(row: LedgerRow, prev: Record<string, number>): Frame {
  const { card, data = {} } = row.payload;
  const name = row.contactName ?? '';
  return {
    seq: row.seq,
    prev,
    type: row.type,
    ticket: row.ticketId,
    at: row.createdAt,
    actor: { kind: row.actorKind, id: row.actorMemberId ?? row.actorContactId },
    command: row.commandId,
    ...(card ? { card: { ...card, subject: row.subject ?? '', customer: name } } : {}),
    data: row.type === 'contact.changed' && name ? { ...data, name } : data,
  };
}

/** For those in the event's audience who could not look the ticket up any more: its codes as of the event, no words. */
export function withoutText(frame: Frame): Frame {
  return frame.card ? { ...frame, card: { ...frame.card, subject: '', customer: '' } } : frame;
}

/**
 * A customer event as the ticket's participants are sent it, in the ticket's own counter. Who of the team it was stays inside,
 * and so does whose link ended.
 */
export function customerFrame(row: CustomerRow): Frame {
  const seq = row.customerSeq ?? 0;
  return {
    seq,
    prev: row.ticketId ? { [rooms.customer(row.ticketId)]: seq - 1 } : {},
    type: row.type,
    ticket: row.ticketId,
    at: row.createdAt,
    actor: { kind: row.actorKind, id: null },
    command: row.actorKind === 'contact' ? row.commandId : null,
    data: row.type === 'link.revoked' ? {} : (row.payload.data ?? {}),
  };
}
