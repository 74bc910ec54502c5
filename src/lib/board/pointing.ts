import type { Attachment } from 'svelte/attachments';
import type { Card } from '#lib/shared/board.ts';
import type { BoardView, Spot } from './board.svelte.ts';
import { choose } from './choose.ts';

const restMs = 650;

/**
 * What a pointer means on any card of the board, heard in one place: resting shows the preview, the right button
 * opens the menu, Ctrl and Shift choose. Dragging is pragmatic-drag-and-drop's; fingers are `lifting`'s.
 */
export function cardPointing(board: BoardView): Attachment<HTMLElement> {
  return (root) => {
    let timer: ReturnType<typeof setTimeout> | undefined;

    const wait = (ms: number, then: () => void) => {
      clearTimeout(timer);
      timer = setTimeout(then, ms);
    };
    const found = ({ target }: Event) => cardAt(board, target);
    const enter = (event: PointerEvent) => {
      if (event.pointerType !== 'mouse' || event.buttons !== 0) return;
      const at = found(event);
      if (at) wait(restMs, () => board.layer || board.carried.length > 0 || board.open('preview', [at.card], at.spot));
    };
    const leave = (event: PointerEvent) => {
      if (event.pointerType !== 'mouse' || isWithin(event)) return;
      clearTimeout(timer);
      if (board.layer?.kind === 'preview' && !board.layer.byKey) board.layer = null;
    };
    const stop = () => clearTimeout(timer);
    const click = (event: MouseEvent) => {
      const at = found(event);
      if (!at) return;
      const { selection } = board;
      const isTap = event instanceof PointerEvent && event.pointerType === 'touch';
      const list = board.flights.listOf(at.card.id) ?? '';
      if (event.shiftKey) choose(board, () => selection.reach(at.card.id, board.focus.ids(list)));
      else if (event.ctrlKey || event.metaKey || (isTap && selection.size > 0))
        choose(board, () => selection.toggle(at.card.id));
      else return;
      event.preventDefault();
    };
    const menu = (event: MouseEvent) => {
      const at = found(event);
      if (!at) return;
      event.preventDefault();
      clearTimeout(timer);
      board.open('menu', board.meant(at.card), event.detail === 0 && event.clientX === 0 ? at.spot : spotAt(event));
    };

    const hears: [keyof HTMLElementEventMap, (event: never) => void][] = [
      ['pointerover', enter],
      ['pointerout', leave],
      ['pointerdown', stop],
      ['click', click],
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
