/* eslint-disable svelte/prefer-svelte-reactivity -- maps that are derived, never changed */
import { createContext } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import type { Card } from '#lib/shared/board.ts';
import type { Live } from '#lib/live/live.svelte.ts';
import { besides, columnsBy, type Column, type Grouping, type World } from './columns.ts';
import { countOf, noFilters, sift, type Filters } from './filter.ts';
import { Focus } from './focus.svelte.ts';
import { Flights } from './flight.ts';
import { inOrder } from './order.ts';

/** A place on the screen: where a menu opens. */
export type Spot = { x: number; y: number; width: number; height: number };
/** What floats over the board for one card. */
export type Layer = {
  kind: 'menu' | 'assign' | 'move' | 'preview' | 'close';
  card: Card;
  at: Spot;
  /** Asked for by a key: it stays until a key ends it. */
  byKey?: boolean;
};

/** Counts of columns of which only the first cards have arrived. */
export type Counts = Record<string, { count: number; oldest: string | null }>;

/** What one person's board shows and how; the truth about tickets is Live's. */
export class BoardView {
  readonly live: Live;
  readonly focus = new Focus();
  readonly flights: Flights;
  grouping = $state<Grouping>('pool');
  filters = $state.raw<Filters>(noFilters);
  /** Columns whose folded part lies open. */
  readonly unfolded = new SvelteSet<string>();
  dragging = $state.raw<Card | null>(null);
  layer = $state.raw<Layer | null>(null);
  isCreating = $state(false);
  /** The number of the ticket that lies open beside the board. */
  opened = $state<number | null>(null);
  counts = $state.raw<Counts>({});
  /** Closes the ticket beside the board. */
  leave: () => void = () => undefined;

  readonly #world: World = $derived.by(() => {
    const { board, viewer, me } = this.live;
    const cards = sift(board.cards, this.filters, { me: me.id, isUnread: (card) => board.isUnread(card) });
    return { cards, pools: board.pools, people: board.people, groups: board.groups, viewer };
  });
  readonly columns: Column[] = $derived(columnsBy(this.grouping, this.#world));
  readonly mine: Card[] = $derived(
    this.#world.cards.filter((card) => card.member === this.live.me.id).toSorted(inOrder),
  );
  readonly beside: Card[] = $derived(besides(this.#world));
  readonly found: number = $derived(this.#world.cards.length);
  /** How many tickets each person and group holds: `member:<id>` → number. */
  readonly load: ReadonlyMap<string, number> = $derived.by(() => {
    const held = this.live.board.cards.flatMap(({ member, group }) =>
      member !== null ? [`member:${member}`] : group !== null ? [`group:${group}`] : [],
    );
    return new Map([...Map.groupBy(held, (key) => key)].map(([key, all]) => [key, all.length]));
  });
  readonly isSifted: boolean = $derived(this.filters.text.trim() !== '' || countOf(this.filters) > 0);
  readonly names: ReadonlyMap<string, string> = $derived.by(() => {
    const { people, groups, pools } = this.live.board;
    return new Map([...people, ...groups, ...pools].map(({ id, name }) => [id, name]));
  });

  constructor(live: Live) {
    this.live = live;
    this.flights = new Flights((ticket) => live.board.card(ticket));
  }

  narrow(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
  }

  widen(): void {
    this.filters = noFilters;
  }

  open(kind: Layer['kind'], card: Card, at: Spot): void {
    this.layer = { kind, card, at };
  }

  nameOf(id: string | null): string {
    return (id !== null && this.names.get(id)) || '';
  }
}

export const [getBoard, setBoard] = createContext<BoardView>();
