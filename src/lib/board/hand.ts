import { prefersReducedMotion } from 'svelte/motion';
import { flightMs, makeGhost } from './glide.ts';

/** A picture of the card in the hand, with the others behind it and how many they are. */
export function stackOf(card: HTMLElement, count: number): HTMLElement {
  const at = card.getBoundingClientRect();
  const copy = card.cloneNode(true) as HTMLElement;
  makeGhost(copy, at);
  copy.style.position = 'relative';
  copy.style.inset = 'auto';
  copy.classList.remove('lifted');
  const stack = document.createElement('div');
  stack.className = 'card-stack';
  stack.setAttribute('aria-hidden', 'true');
  stack.style.width = `${at.width}px`;
  stack.append(copy);
  if (count > 1) {
    const badge = document.createElement('span');
    badge.className = 'card-count';
    badge.textContent = String(count);
    stack.append(badge);
    stack.classList.add('many');
  }
  return stack;
}

/** It was put nowhere: it goes back to where it lies, if that is still on the page. */
export function slideBack(stack: HTMLElement, home: HTMLElement): void {
  if (!home.isConnected || prefersReducedMotion.current) return stack.remove();
  const { left, top } = home.getBoundingClientRect();
  const way = stack.animate([{ translate: stack.style.translate }, { translate: `${left}px ${top}px` }], {
    duration: flightMs,
    easing: 'ease-out',
  });
  way.addEventListener('finish', () => stack.remove());
  way.addEventListener('cancel', () => stack.remove());
}
