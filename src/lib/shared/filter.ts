import type { Card } from './board.ts';
import type { Channel, Priority } from './ticket.ts';

export type Filters = {
  text: string;
  priorities: Priority[];
  channels: Channel[];
  tags: string[];
  onlyUnread: boolean;
  onlyMine: boolean;
  onlyWaiting: boolean;
};

export const noFilters: Filters = {
  text: '',
  priorities: [],
  channels: [],
  tags: [],
  onlyUnread: false,
  onlyMine: false,
  onlyWaiting: false,
};

/** What the filters look at. */
export type Siftable = Pick<
  Card,
  'number' | 'subject' | 'customer' | 'tags' | 'priority' | 'channel' | 'member' | 'owners' | 'waiting' | 'lastCustomer'
>;

type Eyes<T> = { me: string; isUnread: (card: T) => boolean };

/** How many kinds of filter are on, the typed search aside. */
export function countOf(filters: Filters): number {
  const lists = [filters.priorities, filters.channels, filters.tags].filter((list) => list.length > 0);
  return lists.length + [filters.onlyUnread, filters.onlyMine, filters.onlyWaiting].filter(Boolean).length;
}

/** Whether they let less than all pass. */
export function sifts(filters: Filters): boolean {
  return filters.text.trim() !== '' || countOf(filters) > 0;
}

/** The cards that pass every filter and contain every word. */
export function sift<T extends Siftable>(cards: readonly T[], filters: Filters, eyes: Eyes<T>): readonly T[] {
  const words = fold(filters.text).split(/\s+/).filter(Boolean);
  if (words.length === 0 && countOf(filters) === 0) return cards;
  return cards.filter((card) => passes(card, filters, eyes) && words.every((word) => textOf(card).includes(word)));
}

function passes<T extends Siftable>(card: T, filters: Filters, { me, isUnread }: Eyes<T>): boolean {
  if (filters.priorities.length > 0 && !filters.priorities.includes(card.priority)) return false;
  if (filters.channels.length > 0 && !filters.channels.includes(card.channel)) return false;
  if (filters.tags.length > 0 && !filters.tags.some((tag) => card.tags.includes(tag))) return false;
  if (filters.onlyMine && card.member !== me && !card.owners.includes(me)) return false;
  if (filters.onlyWaiting && card.waiting === null) return false;
  return !filters.onlyUnread || isUnread(card);
}

// A card is replaced when it changes, never changed: its text is folded once.
const texts = new WeakMap<Siftable, string>();

function textOf(card: Siftable): string {
  const known = texts.get(card);
  if (known !== undefined) return known;
  const text = fold(`#${card.number} ${card.subject} ${card.customer} ${card.tags.join(' ')}`);
  texts.set(card, text);
  return text;
}

/** Accents off, case off, ß as ss: "muller" finds "Müller". */
function fold(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '');
}

/** All tags on the board, the most used first. */
export function tagsOf(cards: readonly Card[]): string[] {
  const counts = new Map<string, number>();
  for (const { tags } of cards) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([tag]) => tag);
}
