/* eslint-disable svelte/prefer-svelte-reactivity -- the lists register themselves; no template reads them */
import type { Row } from './order.ts';

/** A list of cards that the keyboard can walk through, also where its cards are not rendered. */
export type Walkable = {
  rows(): readonly Row[];
  /** Scrolls to a card and gives it the focus. */
  show(id: string): void;
};

/** Where the keyboard is on the board. It outlives a card's leaving the screen, or the board. */
export class Focus {
  list = $state('');
  id = $state('');
  /** Kept so that whoever loses his card stands where it was. */
  #index = 0;
  #lists = new Map<string, Walkable>();
  #order: () => readonly string[] = () => [];

  /** Says in which order the lists stand, from left to right. */
  walk(order: () => readonly string[]): void {
    this.#order = order;
  }

  add(key: string, list: Walkable): () => void {
    this.#lists.set(key, list);
    return () => void (this.#lists.get(key) === list && this.#lists.delete(key));
  }

  /** A card got the focus. */
  take(list: string, id: string): void {
    this.list = list;
    this.id = id;
    this.#index = this.#rows(list).findIndex((row) => row.id === id);
  }

  /** The tickets of a list in their order. */
  ids(list: string): string[] {
    return this.#rows(list).map(({ id }) => id);
  }

  down(by: 1 | -1): void {
    const rows = this.#rows(this.list);
    if (rows.length === 0) return this.#enter(this.#filled()[0], 0);
    const here = rows.findIndex((row) => row.id === this.id);
    this.#enter(this.list, here < 0 ? this.#index : Math.min(rows.length - 1, Math.max(0, here + by)));
  }

  across(by: 1 | -1): void {
    const filled = this.#filled();
    const order = this.#order();
    const here = order.indexOf(this.list);
    const next =
      by > 0 ? filled.find((key) => order.indexOf(key) > here) : filled.findLast((key) => order.indexOf(key) < here);
    this.#enter(next ?? (here < 0 ? filled[0] : undefined), this.#index);
  }

  /** The card that had the focus has left its list: whoever took its place gets it. */
  settle(list: string): void {
    if (list !== this.list) return;
    const rows = this.#rows(list);
    const here = rows.findIndex((row) => row.id === this.id);
    if (here >= 0) this.#index = here;
    else if (rows.length > 0) this.#enter(list, this.#index);
    else this.across(1);
  }

  back(): void {
    this.#lists.get(this.list)?.show(this.id);
  }

  /** Goes to a card wherever it lies. */
  find(id: string): void {
    for (const key of this.#order()) {
      const index = this.#rows(key).findIndex((row) => row.id === id);
      if (index >= 0) return this.#enter(key, index);
    }
  }

  #enter(list: string | undefined, index: number): void {
    const rows = this.#rows(list ?? '');
    if (!list || rows.length === 0) return;
    const at = Math.min(rows.length - 1, Math.max(0, index));
    this.list = list;
    this.id = rows[at]?.id ?? '';
    this.#index = at;
    this.#lists.get(list)?.show(this.id);
  }

  #filled(): string[] {
    return this.#order().filter((key) => this.#rows(key).length > 0);
  }

  #rows(list: string): readonly Row[] {
    return this.#lists.get(list)?.rows() ?? [];
  }
}
