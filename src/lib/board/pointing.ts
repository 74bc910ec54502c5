import type { Attachment } from 'svelte/attachments';
import type { Card } from '#lib/shared/board.ts';
import type { BoardView, Spot } from './board.svelte.ts';

const restMs = 650;
const pressMs = 600;
const slackPx = 8;

/**
 * What a pointer means on any card of the board, heard in one place: resting shows the preview, the right button and a
 * long press open the menu. Dragging is pragmatic-drag-and-drop's; once a drag begins, the browser cancels the press.
 */
export function cardPointing(board: BoardView): Attachment<HTMLElement> {
  return (root) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from = { x: 0, y: 0 };

    const wait = (ms: number, then: () => void) => {
      clearTimeout(timer);
      timer = setTimeout(then, ms);
    };
    const found = ({ target }: Event) => cardAt(board, target);
    const enter = (event: PointerEvent) => {
      if (event.pointerType !== 'mouse' || event.buttons !== 0) return;
      const at = found(event);
      if (at) wait(restMs, () => board.layer || board.dragging || board.open('preview', at.card, at.spot));
    };
    const leave = (event: PointerEvent) => {
      if (event.pointerType !== 'mouse' || isWithin(event)) return;
      clearTimeout(timer);
      if (board.layer?.kind === 'preview' && !board.layer.byKey) board.layer = null;
    };
    const press = (event: PointerEvent) => {
      clearTimeout(timer);
      const at = found(event);
      if (!at || event.pointerType === 'mouse') return;
      from = { x: event.clientX, y: event.clientY };
      wait(pressMs, () => {
        window.addEventListener('click', swallow, { capture: true, once: true });
        board.open('menu', at.card, at.spot);
      });
    };
    const move = ({ clientX, clientY, pointerType }: PointerEvent) => {
      if (pointerType !== 'mouse' && Math.hypot(clientX - from.x, clientY - from.y) > slackPx) clearTimeout(timer);
    };
    const stop = () => clearTimeout(timer);
    const menu = (event: MouseEvent) => {
      const at = found(event);
      if (!at) return;
      event.preventDefault();
      clearTimeout(timer);
      board.open('menu', at.card, event.detail === 0 && event.clientX === 0 ? at.spot : spotAt(event));
    };

    const hears: [keyof HTMLElementEventMap, (event: never) => void][] = [
      ['pointerover', enter],
      ['pointerout', leave],
      ['pointerdown', press],
      ['pointermove', move],
      ['pointerup', stop],
      ['pointercancel', stop],
      ['contextmenu', menu],
    ];
    for (const [name, hear] of hears) root.addEventListener(name, hear as EventListener);
    return () => {
      clearTimeout(timer);
      for (const [name, hear] of hears) root.removeEventListener(name, hear as EventListener);
    };
  };
}

/** The card of an element on the board, and where it lies on the screen. */
export function cardAt(board: BoardView, target: EventTarget | null): { card: Card; spot: Spot } | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-card]') : null;
  const card = element ? board.live.board.card(element.dataset['card'] ?? '') : null;
  if (!element || !card) return null;
  const { x, y, width, height } = element.getBoundingClientRect();
  return { card, spot: { x, y, width, height } };
}

function spotAt({ clientX, clientY }: MouseEvent): Spot {
  return { x: clientX, y: clientY, width: 0, height: 0 };
}

function isWithin({ target, relatedTarget }: PointerEvent): boolean {
  const card = target instanceof Element ? target.closest('[data-card]') : null;
  return card !== null && relatedTarget instanceof Node && card.contains(relatedTarget);
}

/** The finger that opened the menu lifts: that is no click on the card. */
function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
