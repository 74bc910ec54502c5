import type { Attachment } from 'svelte/attachments';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Card } from '#lib/shared/board.ts';
import { choose } from './choose.ts';
import type { BoardView } from './board.svelte.ts';
import { drop, placeAt, type Target } from './drag.ts';
import { slideBack, stackOf } from './hand.ts';
import { cardAt } from './pointing.ts';

const pressMs = 420;
const slackPx = 10;
const edgePx = 44;

type Point = { x: number; y: number };
type Hold = {
  card: Card;
  element: HTMLElement;
  /** Where the finger came down, and where the card's corner was. */
  from: Point;
  corner: Point;
  /** What follows the finger, once it is lifted. */
  stack: HTMLElement | null;
  hasMoved: boolean;
  over: Target | null;
};

/**
 * A finger that rests on a card lifts it; then the card follows the finger, and the places that take it light up. Let go
 * where it lay, it is chosen instead. A finger that moves before that scrolls, as everywhere.
 */
export function lifting(board: BoardView): Attachment<HTMLElement> {
  return (root) => {
    let hold: Hold | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let frame = 0;

    const start = (event: TouchEvent) => {
      end(false);
      const found = cardAt(board, event.target);
      const [touch] = event.touches;
      if (!found || !touch || event.touches.length > 1 || !(event.target instanceof HTMLElement)) return;
      const element = event.target.closest<HTMLElement>('[data-card]');
      if (!element) return;
      const { x, y } = found.spot;
      hold = {
        card: found.card,
        element,
        from: pointOf(touch),
        corner: { x, y },
        stack: null,
        hasMoved: false,
        over: null,
      };
      timer = setTimeout(lift, pressMs);
      // The card may be gone by the time the finger moves: a lost element still hears of its own touch.
      for (const name of ['touchmove', 'touchend', 'touchcancel'] as const)
        event.target.addEventListener(name, hears[name], { passive: false });
    };
    const lift = () => {
      if (!hold) return;
      board.layer = null;
      board.handAt = hold.from.y / innerHeight;
      board.carried = board.meant(hold.card);
      hold.stack = stackOf(hold.element, board.carried.length);
      hold.stack.classList.add('lifted-card');
      // Smaller around the finger, so that one sees where it goes.
      hold.stack.style.transformOrigin = `${hold.from.x - hold.corner.x}px ${hold.from.y - hold.corner.y}px`;
      document.body.append(hold.stack);
      carryTo(hold, hold.from);
      navigator.vibrate?.(12);
    };
    const move = (event: TouchEvent) => {
      const [touch] = event.touches;
      if (!hold || !touch) return;
      const at = pointOf(touch);
      const isFar = Math.hypot(at.x - hold.from.x, at.y - hold.from.y) > slackPx;
      if (!hold.stack) return void (isFar && end(false));
      event.preventDefault();
      hold.hasMoved ||= isFar;
      carryTo(hold, at);
      reach(hold, at);
    };
    const reach = (held: Hold, at: Point) => {
      const over = held.hasMoved ? placeAt(board, at) : null;
      if (over !== held.over) {
        held.over?.over(false);
        over?.over(true);
        held.over = over;
        held.stack?.classList.toggle('aiming', over !== null);
      }
      cancelAnimationFrame(frame);
      // Near the edge of a bar that is longer than the screen, it goes on by itself.
      if (scrollBar(at)) frame = requestAnimationFrame(() => hold === held && reach(held, at));
    };
    const stop = (event: TouchEvent) => {
      if (hold?.stack) event.preventDefault();
      end(event.type === 'touchend');
    };
    const end = (isDone: boolean) => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      const held = hold;
      hold = null;
      if (!held?.stack) return;
      const cards = board.carried;
      board.carried = [];
      held.over?.over(false);
      if (isDone && held.over) drop(board, cards, held.over.place());
      else if (isDone && !held.hasMoved) choose(board, () => board.selection.toggle(held.card.id));
      else board.say(m.board_said_cancelled());
      if (held.over && isDone) held.stack.remove();
      else slideBack(held.stack, held.element);
    };
    // A browser would open its own menu, or begin a drag of its own.
    const keepOut = (event: Event) => {
      if (!hold) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const hears = { touchmove: move, touchend: stop, touchcancel: stop };

    root.addEventListener('touchstart', start, { passive: true });
    // Here from the start, or the browser would scroll before it asks.
    root.addEventListener('touchmove', move, { passive: false });
    for (const name of ['contextmenu', 'dragstart']) root.addEventListener(name, keepOut, { capture: true });
    return () => {
      end(false);
      root.removeEventListener('touchstart', start);
      root.removeEventListener('touchmove', move);
      for (const name of ['contextmenu', 'dragstart']) root.removeEventListener(name, keepOut, { capture: true });
    };
  };
}

function pointOf({ clientX, clientY }: Touch): Point {
  return { x: clientX, y: clientY };
}

function carryTo({ stack, from, corner }: Hold, at: Point): void {
  if (stack) stack.style.translate = `${corner.x + at.x - from.x}px ${corner.y + at.y - from.y}px`;
}

function scrollBar({ x, y }: Point): boolean {
  const bar = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-targets]');
  if (!bar) return false;
  const { top, bottom } = bar.getBoundingClientRect();
  const by = y > bottom - edgePx ? 6 : y < top + edgePx ? -6 : 0;
  const before = bar.scrollTop;
  bar.scrollTop += by;
  return bar.scrollTop !== before;
}
