import type { Attachment } from 'svelte/attachments';

const delayMs = 450;
let bubble: HTMLElement | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let hiddenAt = 0;

/**
 * `{@attach tooltip('Claim', 'C')}`: one bubble serves the whole page, so a board of buttons costs nothing.
 * It repeats the control's accessible name and is therefore hidden from assistive technology.
 */
export function tooltip(text: string | undefined, shortcut?: string): Attachment<HTMLElement> {
  return (element) => {
    if (!text) return;
    const wait = () => {
      clearTimeout(timer);
      // Moving along a row of buttons, one is reading names already.
      timer = setTimeout(() => show(element, text, shortcut), Date.now() - hiddenAt < 300 ? 0 : delayMs);
    };
    const enter = (event: PointerEvent) => event.pointerType === 'mouse' && wait();
    const focus = () => element.matches(':focus-visible') && matchMedia('(hover: hover)').matches && wait();
    const escape = (event: KeyboardEvent) => event.key === 'Escape' && hide();
    element.addEventListener('pointerenter', enter);
    element.addEventListener('pointerleave', hide);
    element.addEventListener('pointerdown', hide);
    element.addEventListener('focus', focus);
    element.addEventListener('blur', hide);
    element.addEventListener('keydown', escape);
    return () => {
      hide();
      element.removeEventListener('pointerenter', enter);
      element.removeEventListener('pointerleave', hide);
      element.removeEventListener('pointerdown', hide);
      element.removeEventListener('focus', focus);
      element.removeEventListener('blur', hide);
      element.removeEventListener('keydown', escape);
    };
  };
}

function show(element: HTMLElement, text: string, shortcut: string | undefined) {
  hide();
  // A menu that this button opened says more than its name.
  if (!element.isConnected || element.getAttribute('aria-expanded') === 'true') return;
  bubble = document.createElement('div');
  bubble.className = 'tooltip';
  bubble.setAttribute('aria-hidden', 'true');
  bubble.textContent = text;
  if (shortcut) bubble.append(Object.assign(document.createElement('kbd'), { textContent: shortcut }));
  document.body.append(bubble);
  place(bubble, element.getBoundingClientRect());
}

function place(tip: HTMLElement, at: DOMRect) {
  const margin = 6;
  const { width, height } = tip.getBoundingClientRect();
  const below = at.bottom + margin + height < innerHeight;
  const top = below ? at.bottom + margin : at.top - margin - height;
  const left = Math.min(Math.max(margin, at.left + at.width / 2 - width / 2), innerWidth - width - margin);
  tip.style.translate = `${Math.round(left)}px ${Math.round(top)}px`;
}

function hide() {
  clearTimeout(timer);
  if (!bubble) return;
  bubble.remove();
  bubble = undefined;
  hiddenAt = Date.now();
}
