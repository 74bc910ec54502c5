/* eslint-disable svelte/prefer-svelte-reactivity -- one counter tells of changes, see LiveBoard */
import {
  apply,
  boardFrom,
  isUnread,
  type Board,
  type Card,
  type Frame,
  type Group,
  type Person,
  type Pool,
  type Snapshot,
} from '#lib/shared/board.ts';
import { merge, type Slice } from '#lib/shared/parts.ts';
import { Overlay, type Guess } from './overlay.ts';

/** What makes columns of the cards, and names of their ids. */
export type Beside = Pick<Snapshot, 'seq' | 'pools' | 'people' | 'groups'>;

/**
 * What this browser knows of the workspace: the server's truth, kept by the one reducer, and this person's own guesses
 * over it. Maps are plain and one counter tells of changes: ten thousand signals would cost more than one pass.
 */
export class LiveBoard {
  pools = $state.raw<Pool[]>([]);
  people = $state.raw<Person[]>([]);
  groups = $state.raw<Group[]>([]);
  /** False until a first snapshot, whole or cut, has arrived. */
  isKnown = $state(false);
  /** False while a large board has its first cards only. */
  isWhole = $state(false);
  /** As of which seq that is. */
  #besideAt = -1;
  #truth: Board = boardFrom({ seq: 0, cards: [], reads: [] });
  #overlay = new Overlay();
  #version = $state(0);

  /** Every ticket as this person should see it now. */
  readonly cards: Card[] = $derived.by(() => {
    this.#follow();
    const known = [...this.#truth.cards.values()];
    if (this.#overlay.isEmpty) return known;
    return known.map((card) => this.#overlay.over(card)).filter((card) => card !== null);
  });

  readonly numbers: ReadonlyMap<number, Card> = $derived(new Map(this.cards.map((card) => [card.number, card])));

  get cursor(): number {
    return this.#truth.seq;
  }

  card(ticket: string): Card | null {
    this.#follow();
    const known = this.#truth.cards.get(ticket);
    return known ? this.#overlay.over(known) : null;
  }

  isUnread(card: Card): boolean {
    this.#follow();
    return isUnread(this.#truth, card);
  }

  /** True while the server has not told of what this person did with the ticket. */
  isPending(ticket: string): boolean {
    this.#follow();
    return this.#overlay.holds(ticket);
  }

  /** Takes a page's snapshot as the truth, or for more of it. An older one than what is known already changes nothing. */
  begin(snapshot: Snapshot, { whole = true } = {}): void {
    if (!this.isKnown) return this.renew(boardFrom(snapshot), snapshot, { whole });
    if (snapshot.seq < this.#truth.seq || (!whole && this.isWhole)) return;
    if (whole) return this.renew(boardFrom(snapshot), snapshot);
    // The others keep arriving from where they were: what has arrived must not be lost to what is on the screen first.
    this.add(snapshot);
    this.stand(snapshot);
  }

  /** Takes what was read anew as the truth, whatever was known before. */
  renew(truth: Board, beside: Beside, { whole = true } = {}): void {
    this.#truth = truth;
    this.stand(beside);
    this.isKnown = true;
    this.isWhole = whole;
    this.#overlay.passed(truth.seq);
    this.#version++;
  }

  /** Cards that the page left out. */
  add(slice: Slice): void {
    merge(this.#truth, slice);
    this.#version++;
  }

  apply(frame: Frame): void {
    apply(this.#truth, frame);
    if (frame.command) this.#overlay.drop(frame.command);
    this.#overlay.passed(frame.seq);
    this.#version++;
  }

  /** Nothing this person may see happened up to `seq`. */
  reach(seq: number): void {
    if (seq <= this.#truth.seq) return;
    this.#truth.seq = seq;
    this.#overlay.passed(seq);
    this.#version++;
  }

  guess(command: string, ticket: string, guess: Guess): void {
    this.#overlay.add(command, ticket, guess);
    this.#version++;
  }

  settle(command: string, seq: number | null): void {
    if (seq === null) this.#overlay.drop(command);
    else this.#overlay.done(command, seq, this.#truth.seq);
    this.#version++;
  }

  /** What stands beside the cards, read anew: answers may overtake each other. */
  stand({ seq, pools, people, groups }: Beside): void {
    if (seq < this.#besideAt) return;
    this.#besideAt = seq;
    this.pools = pools;
    this.people = people;
    this.groups = groups;
  }

  /** Reading it makes whoever reads follow every change. */
  #follow(): number {
    return this.#version;
  }
}
