import type { Card, Group, Person, Pool } from '#lib/shared/board.ts';
import type { Grouping } from '#lib/shared/parts.ts';
import type { Viewer } from '#lib/shared/permissions.ts';
import { statuses, type Status } from '#lib/shared/ticket.ts';
import { inOrder } from './order.ts';

/** Where a card lies or may be put. */
export type Place =
  | { kind: 'pool'; id: string }
  | { kind: 'group'; id: string }
  | { kind: 'member'; id: string }
  | { kind: 'status'; id: Status }
  | { kind: 'nobody'; id: '' };

export type Column = {
  /** `pool:<id>` and so on: stable, and unique on the board. */
  key: string;
  place: Place;
  /** What is in it by its nature. */
  cards: Card[];
  /** In a pool also what others have taken from it: folded away at its end. */
  taken: Card[];
};

export type World = {
  cards: readonly Card[];
  pools: readonly Pool[];
  people: readonly Person[];
  groups: readonly Group[];
  viewer: Viewer;
};

export function keyOf({ kind, id }: Place): string {
  return `${kind}:${id}`;
}

export function columnsBy(grouping: Grouping, world: World): Column[] {
  const sorted = world.cards.toSorted(inOrder);
  if (grouping === 'status') return byStatus(sorted);
  if (grouping === 'person') return byPerson(sorted, world);
  return byPool(sorted, world);
}

/** The pools one may look into with what nobody has taken, then one's own groups that have something. */
function byPool(cards: Card[], { pools, groups, viewer }: World): Column[] {
  const open = Map.groupBy(
    cards.filter((card) => card.member === null && !isWithMyGroup(card, viewer)),
    (card) => (card.group === null ? card.pool : `taken ${card.pool}`),
  );
  const taken = Map.groupBy(
    cards.filter((card) =>
      card.member !== null ? card.member !== viewer.id : card.group !== null && !isWithMyGroup(card, viewer),
    ),
    (card) => card.pool,
  );
  const shown = inTree(pools).filter(
    (pool) => pool.isMine && (!pool.isArchived || open.has(pool.id) || taken.has(pool.id)),
  );
  const columns = shown.map(({ id }) => column({ kind: 'pool', id }, open.get(id) ?? [], taken.get(id) ?? []));
  const withGroups = Map.groupBy(
    cards.filter((card) => card.member === null && isWithMyGroup(card, viewer)),
    (card) => card.group,
  );
  const mine = groups.filter((group) => withGroups.has(group.id));
  return [...columns, ...mine.map(({ id }) => column({ kind: 'group', id }, withGroups.get(id) ?? []))];
}

function byStatus(cards: Card[]): Column[] {
  const groups = Map.groupBy(cards, (card) => card.status);
  const shown = statuses.filter(
    (status) => !['closed', 'cancelled'].includes(status) && (status !== 'draft' || groups.has(status)),
  );
  return shown.map((id) => column({ kind: 'status', id }, groups.get(id) ?? []));
}

/** Nobody, oneself, the colleagues, the groups. Who has left the team shows while he still holds something. */
function byPerson(cards: Card[], { people, groups, viewer }: World): Column[] {
  const held = Map.groupBy(cards, (card) => keyOf(holderOf(card)));
  const shown = people.filter((person) => person.isActive || held.has(`member:${person.id}`));
  const places: Place[] = [
    { kind: 'nobody', id: '' },
    { kind: 'member', id: viewer.id },
    ...shown.filter((person) => person.id !== viewer.id).map(({ id }) => ({ kind: 'member' as const, id })),
    ...groups.map(({ id }) => ({ kind: 'group' as const, id })),
  ];
  return places.map((place) => column(place, held.get(keyOf(place)) ?? []));
}

export function holderOf(card: Card): Place {
  if (card.member !== null) return { kind: 'member', id: card.member };
  return card.group !== null ? { kind: 'group', id: card.group } : { kind: 'nobody', id: '' };
}

/** Main pools in their order, each followed by its sub pools. */
export function inTree(pools: readonly Pool[]): Pool[] {
  const children = Map.groupBy(pools, (pool) => pool.parent);
  const roots = children.get(null) ?? [];
  return roots.flatMap((pool) => [pool, ...(children.get(pool.id) ?? [])]);
}

/** Seen only because one takes part, in no column of one's own: reachable beside one's own tickets. */
export function besides(world: World): Card[] {
  const { viewer } = world;
  return world.cards
    .filter((card) => card.member !== viewer.id && !viewer.pools.has(card.pool) && !isWithMyGroup(card, viewer))
    .toSorted(inOrder);
}

/** Since when the oldest waits for somebody. */
export function oldestOf(cards: readonly Card[]): string | null {
  return cards.reduce<string | null>(
    (oldest, { created }) => (oldest === null || created < oldest ? created : oldest),
    null,
  );
}

function isWithMyGroup(card: Card, viewer: Viewer): boolean {
  return card.group !== null && viewer.groups.has(card.group);
}

function column(place: Place, cards: Card[], taken: Card[] = []): Column {
  return { key: keyOf(place), place, cards, taken };
}
