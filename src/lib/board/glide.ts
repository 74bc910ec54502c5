export const flightMs = 170;
const easing = 'cubic-bezier(0.2, 0.7, 0.3, 1)';

/** Where a card lands: on its own new place, or on what stands for its holder, whose face it then carries. */
type Landing = { goal: HTMLElement; isWhole: boolean; face: Element | null };

/** Lets a copy of a card glide over the page. Resolves when it has landed or was stopped. */
export async function glide(ghost: HTMLElement, from: DOMRect, { goal, isWhole, face }: Landing): Promise<void> {
  const to = goal.getBoundingClientRect();
  makeGhost(ghost, from);
  if (face && !isWhole) ghost.append(Object.assign(face.cloneNode(true), { className: 'avatar carrier' }));
  document.body.append(ghost);
  const x = to.left + to.width / 2 - (from.left + from.width / 2);
  const y = to.top + to.height / 2 - (from.top + from.height / 2);
  const end = isWhole ? { opacity: 1, scale: 1 } : { opacity: 0.3, scale: 0.4 };
  const flight = ghost.animate([{ translate: '0 0' }, { translate: `${x}px ${y}px`, ...end }], {
    duration: flightMs,
    easing,
  });
  await new Promise((land) => {
    flight.addEventListener('finish', land);
    flight.addEventListener('cancel', land);
  });
  ghost.remove();
}

/** A copy for the eye alone, which lies over the page where the card lay. */
export function makeGhost(ghost: HTMLElement, at: DOMRect): void {
  for (const name of ['id', 'data-card', 'href', 'tabindex']) ghost.removeAttribute(name);
  ghost.dataset['ghost'] = '';
  ghost.setAttribute('aria-hidden', 'true');
  ghost.inert = true;
  Object.assign(ghost.style, {
    position: 'fixed',
    inset: `${at.top}px auto auto ${at.left}px`,
    width: `${at.width}px`,
    height: `${at.height}px`,
    margin: '0',
    translate: 'none',
    zIndex: 'var(--z-overlay)',
    pointerEvents: 'none',
    boxShadow: 'var(--shadow)',
  });
}
