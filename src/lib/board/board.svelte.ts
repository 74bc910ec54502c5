/* eslint-disable svelte/prefer-svelte-reactivity -- maps that are derived, never changed */
import { createContext } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import type { Card } from '#lib/shared/board.ts';
import { totalOf, type Counts, type Grouping } from '#lib/shared/parts.ts';
import type { Live } from '#lib/live/live.svelte.ts';
import type { Announcer } from '#lib/ui/announcer.svelte.ts';
import type { Toasts } from '#lib/ui/toasts.svelte.ts';
import { Arrival } from './arrival.svelte.ts';
import { besides, columnsBy, oldestOf, type Column, type World } from './columns.ts';
import { noFilters, sift, sifts, type Filters } from '#lib/shared/filter.ts';
import { Focus } from './focus.svelte.ts';
import { Flights } from './flight.ts';
import { inOrder } from './order.ts';
import { Returned } from './returned.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { mostCards } from './window.ts';

/** A place on the screen: where a menu opens. */
export type Spot = { x: number; y: number; width: number; height: number };
/** What floats over the board for one card, or for several that are chosen. */
export type Layer = {
  kind: 'menu' | 'assign' | 'move' | 'preview' | 'close';
  cards: readonly Card[];
  at: Spot;
  /** Asked for by a key: it stays until a key ends it. */
  byKey?: boolean;
};

/** What a ticket is opened for: to write in it, or to read. */
type Purpose = 'public' | 'internal' | null;

/** What one person's board shows and how; the truth about tickets is Live's. */
export class BoardView {
  readonly live: Live;
  readonly focus = new Focus();
  readonly flights: Flights;
  readonly arrival: Arrival;
  #grouping = $state<Grouping>('pool');
  #filters = $state.raw<Filters>(noFilters);
  /** Columns whose folded part lies open. */
  readonly unfolded = new SvelteSet<string>();
  readonly selection = new Selection();
  readonly returned: Returned;
  readonly toasts: Toasts;
  readonly #announcer: Announcer;
  /** The cards that are in the hand. */
  carried = $state.raw<readonly Card[]>([]);
  /** How far down the screen the hand took them, from 0 to 1: the bar of places opens at the other end. */
  handAt = 0;
  layer = $state.raw<Layer | null>(null);
  isCreating = $state(false);
  /** The number of the ticket that lies open beside the board. */
  opened = $state<number | null>(null);
  /** How many cards a list may render: all that are in sight together stay below `mostCards`. */
  most: () => number = () => mostCards;
  #purpose: Purpose = null;
  /** Opens a ticket beside the board. */
  enter: (number: number) => void = () => undefined;
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
  /** Counts of columns that have not arrived whole. */
  readonly #counts: Counts | null = $derived.by(() => this.arrival.counts(this.filters));
  /** Until then no number is said, and of nothing that it is not there. */
  readonly isAsking: boolean = $derived.by(() => this.arrival.isAsking(this.filters));
  readonly found: number = $derived(this.#counts ? totalOf(this.#counts) : this.#world.cards.length);
  /** How many tickets there are, filters aside. */
  readonly total: number = $derived.by(() => {
    const counts = this.arrival.counts(noFilters);
    return counts ? totalOf(counts) : this.live.board.cards.length;
  });
  /** How many tickets each person and group holds: `member:<id>` → number. */
  readonly load: ReadonlyMap<string, number> = $derived.by(() => {
    const counts = this.arrival.counts(noFilters);
    if (counts) return new Map(Object.entries(counts).map(([key, { count }]) => [key, count]));
    const held = this.live.board.cards.flatMap(({ member, group }) =>
      member !== null ? [`member:${member}`] : group !== null ? [`group:${group}`] : [],
    );
    return new Map([...Map.groupBy(held, (key) => key)].map(([key, all]) => [key, all.length]));
  });
  readonly isSifted: boolean = $derived(sifts(this.filters));
  readonly names: ReadonlyMap<string, string> = $derived.by(() => {
    const { people, groups, pools } = this.live.board;
    return new Map([...people, ...groups, ...pools].map(({ id, name }) => [id, name]));
  });

  constructor(live: Live, { announcer, toasts }: { announcer: Announcer; toasts: Toasts }) {
    this.live = live;
    this.arrival = new Arrival(live);
    this.#announcer = announcer;
    this.toasts = toasts;
    this.flights = new Flights((ticket) => live.board.card(ticket));
    this.returned = new Returned((ticket) => this.flights.depart(ticket));
  }

  get grouping(): Grouping {
    return this.#grouping;
  }

  set grouping(grouping: Grouping) {
    if (grouping !== this.#grouping) this.returned.endAll();
    this.#grouping = grouping;
  }

  get filters(): Filters {
    return this.#filters;
  }

  set filters(filters: Filters) {
    this.returned.endAll();
    this.#filters = filters;
  }

  /** Speaks to who cannot see it. */
  say(text: string): void {
    this.#announcer.say(text);
  }

  /** This card, and if it is chosen the others that are. */
  meant(card: Card): readonly Card[] {
    if (!this.selection.has(card.id)) return [card];
    return [card, ...this.chosen.filter(({ id }) => id !== card.id)];
  }

  get chosen(): readonly Card[] {
    return this.selection.tickets.flatMap((ticket) => this.live.board.card(ticket) ?? []);
  }

  /** Opens it to answer, or to leave a comment. */
  write(number: number, purpose: Purpose): void {
    this.#purpose = purpose;
    this.enter(number);
  }

  /** It is meant once: whoever opens the ticket again just wants to read. */
  takePurpose(): Purpose {
    const purpose = this.#purpose;
    this.#purpose = null;
    return purpose;
  }

  /** How many cards a column holds, also of those that have not arrived. Mine and `beside` are columns too. */
  countOf(key: string, cards: readonly Card[]): number {
    return this.#counts ? (this.#counts[key]?.count ?? 0) : cards.length;
  }

  /** Since when the oldest of a column waits. */
  oldestOf(key: string, cards: readonly Card[]): string | null {
    return this.#counts ? (this.#counts[key]?.oldest ?? null) : oldestOf(cards);
  }

  narrow(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
  }

  widen(): void {
    this.filters = noFilters;
  }

  open(kind: Layer['kind'], cards: readonly Card[], at: Spot): void {
    this.layer = { kind, cards, at };
  }

  nameOf(id: string | null): string {
    return (id !== null && this.names.get(id)) || '';
  }
}

export const [getBoard, setBoard] = createContext<BoardView>();
