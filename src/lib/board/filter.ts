import type { Card } from '#lib/shared/board.ts';
import type { Channel, Priority } from '#lib/shared/ticket.ts';

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

type Eyes = { me: string; isUnread: (card: Card) => boolean };

/** How many kinds of filter are on, the typed search aside. */
export function countOf(filters: Filters): number {
  const lists = [filters.priorities, filters.channels, filters.tags].filter((list) => list.length > 0);
  return lists.length + [filters.onlyUnread, filters.onlyMine, filters.onlyWaiting].filter(Boolean).length;
}

/** The cards that pass every filter and contain every word. */
export function sift(cards: readonly Card[], filters: Filters, eyes: Eyes): readonly Card[] {
  const words = fold(filters.text).split(/\s+/).filter(Boolean);
  if (words.length === 0 && countOf(filters) === 0) return cards;
  return cards.filter((card) => passes(card, filters, eyes) && words.every((word) => textOf(card).includes(word)));
}

function passes(card: Card, filters: Filters, { me, isUnread }: Eyes): boolean {
  if (filters.priorities.length > 0 && !filters.priorities.includes(card.priority)) return false;
  if (filters.channels.length > 0 && !filters.channels.includes(card.channel)) return false;
  if (filters.tags.length > 0 && !filters.tags.some((tag) => card.tags.includes(tag))) return false;
  if (filters.onlyMine && card.member !== me && !card.owners.includes(me)) return false;
  if (filters.onlyWaiting && card.waiting === null) return false;
  return !filters.onlyUnread || isUnread(card);
}

// A card is replaced when it changes, never changed: its text is folded once.
const texts = new WeakMap<Card, string>();

function textOf(card: Card): string {
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
