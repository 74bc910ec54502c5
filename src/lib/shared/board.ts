import { isEnded, type Channel, type Priority, type Status, type Visibility } from './ticket.ts';

/** A ticket as the board shows it. Times are ISO 8601 in UTC. Ids are codes; `subject` and `customer` are joined when sent. */
export type Card = {
  id: string;
  number: number;
  pool: string;
  status: Status;
  visibility: Visibility;
  priority: Priority;
  channel: Channel;
  tags: string[];
  requester: string | null;
  /** The responsible person, or group, or nobody. */
  member: string | null;
  group: string | null;
  /** Supporters and the creator. */
  owners: string[];
  due: string | null;
  created: string;
  /** Since when a customer waits for a first or next answer. */
  waiting: string | null;
  lastCustomer: string | null;
  lastMessage: string | null;
  subject: string;
  customer: string;
};

/** What one viewer knows: every ticket that is not ended and that he may see, as of `seq`. */
export type Board = {
  seq: number;
  cards: Map<string, Card>;
  /** How far this viewer has read, by ticket. */
  reads: Map<string, string>;
};

/** One event as it travels. */
export type Frame = {
  /** The workspace's counter; for customers the ticket's own. */
  seq: number;
  /** For each room of the audience the seq before this one there: a viewer in that room whose cursor is lower missed something. */
  prev: Record<string, number>;
  type: string;
  ticket: string | null;
  at: string;
  actor: { kind: 'member' | 'contact' | 'system'; id: string | null };
  /** Id of the command that caused it: the author recognises his own. */
  command: string | null;
  /** The whole card after the event, for every event of a ticket but `ticket.left`. */
  card?: Card;
  data: Record<string, unknown>;
};

/** The one reducer: a snapshot with all later events applied, in any order of repetition, equals a fresh snapshot. */
export function apply(board: Board, frame: Frame): Board {
  if (frame.seq <= board.seq) return board;
  board.seq = frame.seq;
  if (frame.type === 'ticket.left' && frame.ticket) {
    board.cards.delete(frame.ticket);
  } else if (frame.card) {
    if (isEnded(frame.card.status)) board.cards.delete(frame.card.id);
    else board.cards.set(frame.card.id, frame.card);
  }
  if (frame.type === 'ticket.read' && frame.ticket && typeof frame.data['at'] === 'string') {
    board.reads.set(frame.ticket, frame.data['at']);
  }
  return board;
}

export function isUnread(board: Board, card: Card): boolean {
  if (!card.lastCustomer) return false;
  const read = board.reads.get(card.id);
  return read === undefined || read < card.lastCustomer;
}

/** True when the frame follows on what this viewer has: no room of his saw an event in between. */
export function follows(cursor: number, rooms: ReadonlySet<string>, frame: Frame): boolean {
  return Object.entries(frame.prev).every(([room, seq]) => !rooms.has(room) || seq <= cursor);
}
