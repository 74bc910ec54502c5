import { announce } from '@atlaskit/pragmatic-drag-and-drop-live-region';
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element';
import type { DragLocationHistory } from '@atlaskit/pragmatic-drag-and-drop/types';
import type { Attachment } from 'svelte/attachments';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Card } from '#lib/shared/board.ts';
import { put } from './act.ts';
import type { BoardView } from './board.svelte.ts';
import type { Place } from './columns.ts';
import { intentOf } from './intent.ts';
import { nameOfPlace } from './words.ts';

/** A card that one can drag. */
export function liftable(board: BoardView, card: () => Card): Attachment<HTMLElement> {
  return (element) =>
    draggable({
      element,
      getInitialData: () => ({ ticket: card().id }),
      onDragStart: () => {
        board.layer = null;
        board.dragging = card();
      },
      onDrop: ({ location }) => {
        board.dragging = null;
        // A finger that lifts a card and lets it go where it lay wants its menu (iOS tells no context menu).
        if (isCoarse() && isStill(location)) return openMenu(board, card(), element);
        if (location.current.dropTargets.length === 0) announce(m.board_said_cancelled());
      },
    });
}

/** Whether the card that is being dragged may be put there: only then does the place light up. */
export function welcomes(board: BoardView, place: Place): boolean {
  return board.dragging !== null && intentOf(board.dragging, place, board.live.viewer) !== null;
}

/** A place that takes cards. `over` says when one hovers there. */
export function landing(
  board: BoardView,
  place: () => Place,
  over: (isOver: boolean) => void,
): Attachment<HTMLElement> {
  return (element) =>
    dropTargetForElements({
      element,
      getData: () => ({ ...place() }),
      canDrop: () => welcomes(board, place()),
      onDragEnter: () => {
        over(true);
        announce(m.board_said_over({ place: nameOfPlace(place(), board) }));
      },
      onDragLeave: () => over(false),
      onDrop: ({ location, self, source }) => {
        over(false);
        // Places lie in places; the innermost is meant.
        const card = board.live.board.card(String(source.data['ticket']));
        if (!card || location.current.dropTargets[0]?.element !== self.element) return;
        // It was carried there by hand: it does not fly on top of that.
        board.flights.without(card.id);
        put(board, card, place());
      },
    });
}

/** Scrolls by itself while a card is held near its edge. */
export function scrolling(): Attachment<HTMLElement> {
  return (element) => autoScrollForElements({ element });
}

const slackPx = 8;

function isCoarse(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}

function isStill({ initial, current }: DragLocationHistory): boolean {
  const [from, to] = [initial.input, current.input];
  return Math.hypot(to.clientX - from.clientX, to.clientY - from.clientY) < slackPx;
}

function openMenu(board: BoardView, card: Card, element: HTMLElement): void {
  const { x, y, width, height } = element.getBoundingClientRect();
  board.open('menu', card, { x, y, width, height });
}
