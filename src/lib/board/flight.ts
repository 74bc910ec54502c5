import { tick } from 'svelte';
import { prefersReducedMotion } from 'svelte/motion';
import type { Card } from '#lib/shared/board.ts';
import { holderOf, keyOf } from './columns.ts';

type Origin = { at: DOMRect; list: string; ghost: HTMLElement };

const flightMs = 170;
const easing = 'cubic-bezier(0.2, 0.7, 0.3, 1)';
/** More than these at once are no event one could follow but a catch-up. */
const most = 12;

/**
 * Cards that change their place are seen to go there: to another list, or to whoever took them, with his face. Knows the
 * page by three marks: `data-card` on a card, `data-list` on a list, `data-place` on what stands for a holder.
 */
export class Flights {
  #root: HTMLElement | undefined;
  #leaving = new Map<string, Origin>();
  #still = new Set<string>();
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

  /** Called before the card changes: remembers where it lies, and lets it fly once the page shows the change. */
  depart(ticket: string): void {
    if (!this.#root || document.hidden || this.#leaving.has(ticket)) return;
    if (this.#still.delete(ticket) || this.#leaving.size >= most) return;
    const card = this.#find(ticket);
    if (!card || !isInSight(card)) return;
    const list = card.closest<HTMLElement>('[data-list]')?.dataset['list'] ?? '';
    if (this.#leaving.size === 0) void this.#land();
    this.#leaving.set(ticket, { at: card.getBoundingClientRect(), list, ghost: card.cloneNode(true) as HTMLElement });
  }

  async #land(): Promise<void> {
    await tick();
    const flights = [...this.#leaving];
    this.#leaving.clear();
    for (const [ticket, origin] of flights) this.#fly(ticket, origin);
  }

  #fly(ticket: string, { at, list, ghost }: Origin): void {
    const card = this.#find(ticket);
    if (card?.closest<HTMLElement>('[data-list]')?.dataset['list'] === list) return;
    if (prefersReducedMotion.current) {
      card?.animate({ opacity: [0, 1] }, { duration: flightMs });
      return;
    }
    const goal = card && isInSight(card) ? card : this.#goalOf(ticket);
    if (!goal) return;
    if (goal === card) card.animate({ opacity: [0, 0] }, { duration: flightMs });
    else goal.animate({ background: ['var(--accent-soft)', 'transparent'] }, { duration: 900, delay: flightMs });
    glide(ghost, at, { goal, isWhole: goal === card, face: goal.querySelector('.avatar') });
  }

  /** What stands for the one who has it now: his row in the team, or his column. */
  #goalOf(ticket: string): HTMLElement | null {
    const card = this.#cardOf(ticket);
    if (!card) return null;
    const holder = holderOf(card);
    const key = holder.kind === 'nobody' ? `pool:${card.pool}` : keyOf(holder);
    return this.#root?.querySelector<HTMLElement>(`[data-place="${CSS.escape(key)}"]`) ?? null;
  }

  #find(ticket: string): HTMLElement | null {
    return this.#root?.querySelector<HTMLElement>(`[data-card="${CSS.escape(ticket)}"]`) ?? null;
  }
}

type Landing = { goal: HTMLElement; isWhole: boolean; face: Element | null };

function glide(ghost: HTMLElement, from: DOMRect, { goal, isWhole, face }: Landing): void {
  const to = goal.getBoundingClientRect();
  ghost.removeAttribute('id');
  ghost.setAttribute('aria-hidden', 'true');
  ghost.inert = true;
  Object.assign(ghost.style, {
    position: 'fixed',
    inset: `${from.top}px auto auto ${from.left}px`,
    width: `${from.width}px`,
    height: `${from.height}px`,
    margin: '0',
    translate: 'none',
    zIndex: 'var(--z-overlay)',
    pointerEvents: 'none',
    boxShadow: 'var(--shadow)',
  });
  if (face && !isWhole) ghost.append(Object.assign(face.cloneNode(true), { className: 'avatar carrier' }));
  document.body.append(ghost);
  const x = to.left + to.width / 2 - (from.left + from.width / 2);
  const y = to.top + to.height / 2 - (from.top + from.height / 2);
  const end = isWhole ? { opacity: 1, scale: 1 } : { opacity: 0.3, scale: 0.4 };
  const flight = ghost.animate([{ translate: '0 0' }, { translate: `${x}px ${y}px`, ...end }], {
    duration: flightMs,
    easing,
  });
  flight.addEventListener('finish', () => ghost.remove());
  flight.addEventListener('cancel', () => ghost.remove());
}

function isInSight(element: HTMLElement): boolean {
  const { top, bottom, left, right } = element.getBoundingClientRect();
  return bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
}
