import { isEnded, type Channel, type Priority, type Role, type Status, type Visibility } from './ticket.ts';

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
  /** Out of active planning until then; "answer": until a customer answers. */
  deferred: string | null;
  created: string;
  /** Since when a customer waits for a first or next answer. */
  waiting: string | null;
  lastCustomer: string | null;
  lastMessage: string | null;
  subject: string;
  customer: string;
};

export type Pool = {
  id: string;
  parent: string | null;
  name: string;
  position: string;
  isArchived: boolean;
  /** The viewer may look into it and claim from it. */
  isMine: boolean;
  /** Only owners write; otherwise everybody with access does. */
  claimBeforeWork: boolean;
};
export type Person = { id: string; name: string; role: Role; isActive: boolean };
export type Group = { id: string; name: string; members: string[] };

/** All that a board shows, from one snapshot of the database, with the seq it is as of. */
export type Snapshot = {
  seq: number;
  /** In the order of their creation. */
  cards: Card[];
  reads: [string, string][];
  pools: Pool[];
  people: Person[];
  groups: Group[];
};

/** What one viewer knows: every ticket that is not ended and that he may see. Made by `boardFrom`, changed by `apply`. */
export type Board = {
  /** Of the latest event in it. */
  seq: number;
  cards: Map<string, Card>;
  /** How far this viewer has read, by ticket. */
  reads: Map<string, string>;
  /** The snapshot's seq: nothing up to it is news. */
  since: number;
  /** The latest event of a ticket, as a seq: one that comes late or twice does not undo what came after it. */
  heard: Map<string, number>;
  /** Customers who were renamed since the snapshot: cards keep a copy of the name. */
  names: Map<string, { seq: number; name: string }>;
};

export function boardFrom(snapshot: { seq: number; cards: Card[]; reads: [string, string][] }): Board {
  return {
    seq: snapshot.seq,
    cards: new Map(snapshot.cards.map((card) => [card.id, card])),
    reads: new Map(snapshot.reads),
    since: snapshot.seq,
    heard: new Map(),
    names: new Map(),
  };
}

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

/** The one reducer: a snapshot with all later events applied, whatever their order and repetition, equals a fresh snapshot. */
export function apply(board: Board, frame: Frame): Board {
  if (frame.seq <= board.since) return board;
  board.seq = Math.max(board.seq, frame.seq);
  if (frame.type === 'ticket.left' || frame.card) applyCard(board, frame);
  if (frame.type === 'ticket.read' && frame.ticket) applyRead(board, frame.ticket, frame.data['at']);
  if (frame.type === 'contact.changed') applyName(board, frame);
  return board;
}

function applyCard(board: Board, { seq, ticket, card }: Frame): void {
  if (!ticket || (board.heard.get(ticket) ?? board.since) >= seq) return;
  board.heard.set(ticket, seq);
  if (!card || isEnded(card.status)) {
    board.cards.delete(ticket);
    return;
  }
  const renamed = board.names.get(card.requester ?? '');
  board.cards.set(ticket, renamed && renamed.seq > seq ? { ...card, customer: renamed.name } : card);
}

/** Reading never goes back. */
function applyRead(board: Board, ticket: string, at: unknown): void {
  if (typeof at === 'string' && at > (board.reads.get(ticket) ?? '')) board.reads.set(ticket, at);
}

function applyName(board: Board, { seq, data }: Frame): void {
  const { contact, name } = data;
  if (typeof contact !== 'string' || typeof name !== 'string') return;
  if ((board.names.get(contact)?.seq ?? 0) >= seq) return;
  board.names.set(contact, { seq, name });
  for (const [id, card] of board.cards) {
    if (card.requester === contact && (board.heard.get(id) ?? 0) < seq)
      board.cards.set(id, { ...card, customer: name });
  }
}

export function isUnread(board: Board, card: Card): boolean {
  if (!card.lastCustomer) return false;
  const read = board.reads.get(card.id);
  return read === undefined || read < card.lastCustomer;
}

/** How far a viewer has heard, room by room: with one number for all, an event missed in one room hides behind a later one in another. */
export type Position = Map<string, number>;

/** After a catch-up up to `seq`, which covers all rooms. */
export function positionAt(seq: number, rooms: Iterable<string>): Position {
  return new Map([...rooms].map((room) => [room, seq]));
}

/**
 * Whether anything is missing before `last`, the seq by room of a frame's `prev` or of a heartbeat.
 * @returns the cursor to catch up from, or null when nothing is missing
 */
export function missedSince(position: Position, last: Record<string, number>): number | null {
  let cursor: number | null = null;
  for (const [room, seq] of Object.entries(last)) {
    const heard = position.get(room);
    if (heard !== undefined && heard < seq) cursor = Math.min(cursor ?? heard, heard);
  }
  return cursor;
}

/**
 * True when the frame follows on what this viewer has, whose position then moves on. Else he catches up from
 * `missedSince`; until that is answered his position stays, whatever else he applies.
 */
export function follows(position: Position, frame: Frame): boolean {
  if (missedSince(position, frame.prev) !== null) return false;
  for (const room of Object.keys(frame.prev)) {
    if ((position.get(room) ?? frame.seq) < frame.seq) position.set(room, frame.seq);
  }
  return true;
}

/** Takes a heartbeat in, where nothing is missing before it: all of the room is known up to `upTo`. */
export function hear(position: Position, { room, upTo }: { room: string; upTo: number }): void {
  const heard = position.get(room);
  if (heard !== undefined && heard < upTo) position.set(room, upTo);
}
