import { tick } from 'svelte';
import { prefersReducedMotion } from 'svelte/motion';
import type { Card } from '#lib/shared/board.ts';
import { holderOf, keyOf } from './columns.ts';
import { flightMs, glide } from './glide.ts';

type Origin = { at: DOMRect; list: string; ghost: HTMLElement };

/** More than these in so short a time are no event one could follow, but a catch-up or a colleague who tidies up. */
const most = 5;
const breathMs = 600;

/**
 * Cards that change their place are seen to go there: to another list, or to whoever took them, with his face. Only what
 * one can see flies, and nothing for who wants no motion. Knows the page by four marks: `data-card` on a card, `data-list`
 * on a list, `data-place` on what stands for a holder, `data-clip` on what scrolls sideways.
 */
export class Flights {
  #root: HTMLElement | undefined;
  #leaving = new Map<string, Origin | null>();
  #still = new Set<string>();
  #begun: number[] = [];
  #inAir = 0;
  #cardOf: (ticket: string) => Card | null;

  constructor(cardOf: (ticket: string) => Card | null) {
    this.#cardOf = cardOf;
  }

  over(root: HTMLElement): () => void {
    this.#root = root;
    return () => (this.#root = undefined);
  }

  /** This one was carried there by hand: it does not fly on top of that. */
  without(ticket: string): void {
    this.#still.add(ticket);
  }

  /** The list in which one sees the card now. */
  listOf(ticket: string): string | null {
    return this.#find(ticket)?.closest<HTMLElement>('[data-list]')?.dataset['list'] ?? null;
  }

  showsList(list: string): boolean {
    const element = this.#root?.querySelector<HTMLElement>(`[data-list="${CSS.escape(list)}"]`);
    return element ? isInSight(element) : false;
  }

  /** Called before the card changes: remembers where it lies, and lets it fly once the page shows the change. */
  depart(ticket: string): void {
    if (!this.#root || document.hidden || this.#leaving.has(ticket)) return;
    if (this.#still.delete(ticket) || prefersReducedMotion.current || !this.#mayBegin()) return;
    if (this.#leaving.size === 0) void this.#land();
    this.#leaving.set(ticket, this.#originOf(ticket));
  }

  #originOf(ticket: string): Origin | null {
    const card = this.#find(ticket);
    if (!card || !isInSight(card)) return null;
    const list = card.closest<HTMLElement>('[data-list]')?.dataset['list'] ?? '';
    return { at: card.getBoundingClientRect(), list, ghost: card.cloneNode(true) as HTMLElement };
  }

  async #land(): Promise<void> {
    await tick();
    const flights = [...this.#leaving];
    this.#leaving.clear();
    for (const [ticket, origin] of flights) if (this.#mayBegin()) this.#arrive(ticket, origin);
  }

  #arrive(ticket: string, origin: Origin | null): void {
    const card = this.#find(ticket);
    const isSeen = card !== null && isInSight(card);
    const list = card?.closest<HTMLElement>('[data-list]')?.dataset['list'];
    if (origin && list === origin.list) return;
    // It was nowhere in sight before: it comes up where it is.
    if (!origin) {
      if (isSeen) card.animate({ opacity: [0, 1] }, { duration: flightMs });
      return;
    }
    const goal = isSeen ? card : this.#goalOf(ticket);
    if (!goal) return;
    this.#begun.push(performance.now());
    if (goal === card) card.animate({ opacity: [0, 0] }, { duration: flightMs });
    else goal.animate({ background: ['var(--accent-soft)', 'transparent'] }, { duration: 900, delay: flightMs });
    this.#inAir++;
    void glide(origin.ghost, origin.at, { goal, isWhole: goal === card, face: goal.querySelector('.avatar') }).then(
      () => this.#inAir--,
    );
  }

  #mayBegin(): boolean {
    const since = performance.now() - breathMs;
    this.#begun = this.#begun.filter((at) => at > since);
    return this.#begun.length < most && this.#inAir < most;
  }

  /** What stands for the one who has it now: his row in the team, or his column. */
  #goalOf(ticket: string): HTMLElement | null {
    const card = this.#cardOf(ticket);
    if (!card) return null;
    const holder = holderOf(card);
    const key = holder.kind === 'nobody' ? `pool:${card.pool}` : keyOf(holder);
    const places = this.#root?.querySelectorAll<HTMLElement>(`[data-place="${CSS.escape(key)}"]`) ?? [];
    return [...places].find(isInSight) ?? null;
  }

  #find(ticket: string): HTMLElement | null {
    return this.#root?.querySelector<HTMLElement>(`[data-card="${CSS.escape(ticket)}"]`) ?? null;
  }
}

/** Within the window, and not scrolled away in its list or with its column. */
function isInSight(element: HTMLElement): boolean {
  const { top, bottom, left, right } = element.getBoundingClientRect();
  if (bottom <= top || right <= left || bottom <= 0 || right <= 0 || top >= innerHeight || left >= innerWidth)
    return false;
  return [element.closest('[data-list]'), element.closest('[data-clip]')].every((frame) => {
    const edge = frame?.getBoundingClientRect();
    return !edge || (bottom > edge.top && top < edge.bottom && right > edge.left && left < edge.right);
  });
}
