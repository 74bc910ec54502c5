/* eslint-disable svelte/prefer-svelte-reactivity -- memory of what was shown; `rows` tells of changes */
import type { Card } from '#lib/shared/board.ts';
import { hold, rowsOf, type Row } from './order.ts';

/** Who rests this long with the pointer or the keyboard has read what is there. */
const pauseMs = 2_500;

type Eyes = {
  cards: () => Card[];
  /** A card is in the hand: then no list moves. */
  isCarrying: () => boolean;
  /** The rest of a large board is still on its way: that is no news. */
  isLoading: () => boolean;
  /** What one moved oneself leaves no gap. */
  isMine: (ticket: string) => boolean;
  /** It was refused and comes back to where it lay. */
  isBack: (ticket: string) => boolean;
  /** The row under the pointer, else the one with the focus: it must stay where it is. */
  anchor: () => string | null;
  /** Scrolls by so many rows without a sign of it. False where there is no room for that. */
  shift: (rows: number) => boolean;
};

/**
 * What a list shows while somebody is at it: everything stays in its place, what goes leaves a gap, what comes is added
 * at the end. When he leaves, or pauses and nothing under him would move, it becomes what it should be.
 */
export class Held {
  hasPointer = $state(false);
  hasFocus = $state(false);
  readonly #eyes: Eyes;
  #shown: Row[] = [];
  #fresh = new Set<string>();
  #wasLoading = true;
  #settled = $state(0);
  #touched = $state(0);
  #seen = $state(0);

  readonly isHeld: boolean = $derived.by(() => this.hasPointer || this.hasFocus || this.#eyes.isCarrying());
  readonly rows: Row[] = $derived.by(() => {
    void this.#settled;
    const cards = this.#eyes.cards();
    if (!this.isHeld) {
      this.#fresh.clear();
      this.#wasLoading = this.#eyes.isLoading();
    }
    this.#shown = this.isHeld && this.#shown.length > 0 ? this.#keep(cards) : rowsOf(cards);
    return this.#shown;
  });
  readonly #isBehind: boolean = $derived.by(() => {
    const cards = this.#eyes.cards();
    return this.isHeld && (cards.length !== this.rows.length || this.rows.some(({ id }, at) => cards[at]?.id !== id));
  });

  constructor(eyes: Eyes) {
    this.#eyes = eyes;
  }

  /** Tickets that came while the list was held and that nobody has seen yet. */
  get fresh(): ReadonlySet<string> {
    void this.rows;
    void this.#seen;
    return this.#fresh;
  }

  /** The pointer or the keyboard was used: the pause begins anew. */
  touch(): void {
    if (this.#isBehind) this.#touched++;
  }

  /** Another choice of cards altogether: nothing of the old order is kept. */
  forget(): void {
    this.#shown = [];
    this.#fresh.clear();
  }

  /** For an effect: waits for a pause while there is something to make up for. */
  watch(): (() => void) | undefined {
    void this.#touched;
    void this.rows;
    if (!this.#isBehind || this.#eyes.isCarrying()) return;
    const timer = setTimeout(() => this.#settle(), pauseMs);
    return () => clearTimeout(timer);
  }

  /** These are on the screen now. */
  see(tickets: readonly string[]): void {
    if (tickets.filter((ticket) => this.#fresh.delete(ticket)).length > 0) this.#seen++;
  }

  #keep(cards: Card[]): Row[] {
    const known = new Set(this.#shown.map(({ id }) => id));
    const kept = hold(this.#shown, cards).filter(({ id, card }) => card !== null || !this.#eyes.isMine(id));
    const isLoad = this.#eyes.isLoading() || this.#wasLoading;
    this.#wasLoading = this.#eyes.isLoading();
    for (const row of kept.filter(({ id }) => !known.has(id))) {
      if (this.#eyes.isBack(row.id)) putBack(kept, row, cards);
      else if (!isLoad && !this.#eyes.isMine(row.id)) this.#fresh.add(row.id);
    }
    return kept;
  }

  #settle(): void {
    const anchor = this.#eyes.anchor();
    if (anchor !== null) {
      const was = this.rows.findIndex(({ id }) => id === anchor);
      const is = this.#eyes.cards().findIndex(({ id }) => id === anchor);
      const fits = was >= 0 && is >= 0 && this.#eyes.shift(is - was);
      // A gap under the pointer closes when the pointer goes: else the next card would slip under it.
      if (this.hasPointer && !fits) return;
    }
    this.#shown = [];
    this.#settled++;
  }
}

/** Below the nearest of those that stand above it by their order. */
function putBack(rows: Row[], row: Row, cards: readonly Card[]): void {
  rows.splice(rows.indexOf(row), 1);
  const above = cards
    .slice(
      0,
      cards.findIndex(({ id }) => id === row.id),
    )
    .map(({ id }) => id);
  const at = rows.findLastIndex(({ id }) => id === above.findLast((each) => rows.some((other) => other.id === each)));
  rows.splice(at + 1, 0, row);
}
