import type { Board, Card, Group, Person, Pool, Snapshot } from './board.ts';

// A large board arrives in parts: what a first screen shows, then all cards in slices, each as of its own seq.

/** How a board is grouped into columns. */
export const groupings = ['pool', 'status', 'person'] as const;
export type Grouping = (typeof groupings)[number];

/** `?by=`; by pool where nothing else is said. */
export function groupingIn(query: URLSearchParams): Grouping {
  return groupings.find((each) => each === query.get('by')) ?? 'pool';
}

/** A board up to this size comes whole with its page. */
export const wholeUpTo = 300;

/** Of each column: how many cards there are, and since when the oldest waits. Taken ones of a pool stand under `pool:<id>:taken`. */
export type Counts = Record<string, { count: number; oldest: string | null }>;

/** How many cards there are in all: each has one status. */
export function totalOf(counts: Counts): number {
  return Object.entries(counts).reduce((sum, [key, { count }]) => (key.startsWith('status:') ? sum + count : sum), 0);
}

/** What of a board comes first. Counts are those of all cards, in every grouping. */
export type Beginning = { snapshot: Snapshot; isWhole: boolean; counts: Counts };

type Time = number | null;

/**
 * A card as it travels in a part, without names of fields and with times in milliseconds: half of ten thousand cards would be
 * names. server/domain/board/parts.ts writes it; the last is how far the viewer has read.
 */
export type CompactCard = [
  id: string,
  number: number,
  pool: string,
  status: Card['status'],
  visibility: Card['visibility'],
  priority: Card['priority'],
  channel: Card['channel'],
  tags: string[],
  requester: string | null,
  member: string | null,
  group: string | null,
  owners: string[],
  due: Time,
  created: number,
  waiting: Time,
  lastCustomer: Time,
  lastMessage: Time,
  deferred: string | null,
  subject: string,
  customer: string,
  read: Time,
];

/** Where a part ends, and the next begins. */
export type Place = { at: string; id: string };

export type Part = { seq: number; cards: CompactCard[]; next: Place | null };

/** The part from which a board is read anew: it brings what stands beside the cards, and what was read of tickets that are not on the board. */
export type FirstPart = Part & {
  /** How many cards there are in all. */
  count: number;
  reads: [string, string][];
  pools: Pool[];
  people: Person[];
  groups: Group[];
};

export type Slice = { seq: number; cards: Card[]; reads: [string, string][] };

export function sliceFrom({ seq, cards }: Part): Slice {
  const reads = cards.flatMap((card): [string, string][] => (card[20] === null ? [] : [[card[0], iso(card[20])]]));
  return { seq, cards: cards.map(cardFrom), reads };
}

function cardFrom(compact: CompactCard): Card {
  const [id, number, pool, status, visibility, priority, channel, tags, requester, member, group, owners, ...rest] =
    compact;
  const [due, created, waiting, lastCustomer, lastMessage, deferred, subject, customer] = rest;
  const codes = { id, number, pool, status, visibility, priority, channel, tags, requester, member, group, owners };
  const times = { due: timeFrom(due), created: iso(created), waiting: timeFrom(waiting) };
  const said = { lastCustomer: timeFrom(lastCustomer), lastMessage: timeFrom(lastMessage) };
  return { ...codes, ...times, ...said, deferred, subject, customer };
}

function timeFrom(time: Time): string | null {
  return time === null ? null : iso(time);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

/**
 * Adds cards that were read later than the board began. What was heard of a ticket after the slice was read stays: its event
 * carried the whole card, or took it off the board. What is heard later of a time before the slice changes nothing any more.
 */
export function merge(board: Board, { seq, cards, reads }: Slice): void {
  // Read before the board was: whatever it says is known better.
  if (seq < board.since) return;
  for (const card of cards) {
    if ((board.heard.get(card.id) ?? 0) > seq) continue;
    const renamed = board.names.get(card.requester ?? '');
    board.cards.set(card.id, renamed && renamed.seq > seq ? { ...card, customer: renamed.name } : card);
    if (seq > board.since) board.heard.set(card.id, seq);
  }
  for (const [ticket, at] of reads) if (at > (board.reads.get(ticket) ?? '')) board.reads.set(ticket, at);
}
