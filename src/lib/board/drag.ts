import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { setCustomNativeDragPreview } from '@atlaskit/pragmatic-drag-and-drop/element/set-custom-native-drag-preview';
import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element';
import type { Attachment } from 'svelte/attachments';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Card } from '#lib/shared/board.ts';
import { put } from './act.ts';
import type { BoardView } from './board.svelte.ts';
import type { Place } from './columns.ts';
import { stackOf } from './hand.ts';
import { intentOf } from './intent.ts';
import { nameOfPlace } from './words.ts';

/** A card that one can drag with a mouse; with it come the others that are chosen. Fingers have `lifting`. */
export function liftable(board: BoardView, card: () => Card): Attachment<HTMLElement> {
  return (element) =>
    draggable({
      element,
      onGenerateDragPreview: ({ nativeSetDragImage, location }) => {
        const count = board.meant(card()).length;
        if (count === 1) return;
        const { left, top } = element.getBoundingClientRect();
        const { clientX, clientY } = location.current.input;
        setCustomNativeDragPreview({
          nativeSetDragImage,
          getOffset: () => ({ x: clientX - left, y: clientY - top }),
          render: ({ container }) => container.append(stackOf(element, count)),
        });
      },
      onDragStart: ({ location }) => {
        board.layer = null;
        board.handAt = location.initial.input.clientY / innerHeight;
        board.carried = board.meant(card());
      },
      onDrop: ({ location }) => {
        const cards = board.carried;
        board.carried = [];
        // Places lie in places; the innermost is meant.
        const target = places.get(location.current.dropTargets[0]?.element ?? element);
        if (target) drop(board, cards, target.place());
        else board.say(m.board_said_cancelled());
      },
    });
}

/** Whether one of the cards in the hand may be put there: only then does the place light up. */
export function welcomes(board: BoardView, place: Place): boolean {
  return board.carried.some((card) => intentOf(card, place, board.live.viewer) !== null);
}

/** What is in the hand is put down there. */
export function drop(board: BoardView, cards: readonly Card[], place: Place): void {
  // They were carried there by hand: they do not fly on top of that.
  for (const { id } of cards) board.flights.without(id);
  put(board, cards, place);
}

/** Where cards are put down. `over` says when one hovers there. */
export type Target = { place: () => Place; over: (isOver: boolean) => void };
const places = new WeakMap<Element, Target>();

/** A place that takes cards. `over` says when one hovers there. */
export function landing(
  board: BoardView,
  place: () => Place,
  over: (isOver: boolean) => void,
): Attachment<HTMLElement> {
  const enter = (isOver: boolean) => {
    over(isOver);
    if (isOver) board.say(m.board_said_over({ place: nameOfPlace(place(), board) }));
  };
  return (element) => {
    places.set(element, { place, over: enter });
    return dropTargetForElements({
      element,
      getData: () => ({ ...place() }),
      canDrop: () => welcomes(board, place()),
      onDragEnter: () => enter(true),
      onDragLeave: () => enter(false),
      onDrop: () => over(false),
    });
  };
}

/** The innermost place at a point of the screen that takes what is in the hand. */
export function placeAt(board: BoardView, { x, y }: { x: number; y: number }): Target | null {
  // On a phone the places stand in a bar, and the list under it is where one lets go to leave things as they are.
  const bar = document.querySelector<HTMLElement>('[data-targets]');
  const isBound = bar !== null && bar.offsetHeight > 0;
  for (let at = document.elementFromPoint(x, y); at && (!isBound || bar.contains(at)); at = at.parentElement) {
    const found = places.get(at);
    if (found && welcomes(board, found.place())) return found;
  }
  return null;
}

/** Scrolls by itself while a card is held near its edge. */
export function scrolling(): Attachment<HTMLElement> {
  return (element) => autoScrollForElements({ element });
}
