import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import type { Attachment } from 'svelte/attachments';

type Item = { id: string; parent: string | null };

/** Those beside it: main ones among each other, sub ones within theirs. */
export function siblingsOf<T extends Item>(items: readonly T[], item: Item): T[] {
  return items.filter(({ parent }) => parent === item.parent);
}

/** Behind which sibling an item goes when it moves by some places; null is the first place, undefined no move at all. */
export function afterStep(items: readonly Item[], item: Item, by: -1 | 1): string | null | undefined {
  const siblings = siblingsOf(items, item);
  const target = siblings.findIndex(({ id }) => id === item.id) + by;
  return target < 0 || target >= siblings.length ? undefined : afterAt(siblings, item, target);
}

/** Behind which sibling it goes to stand at an index of the new order. */
function afterAt(siblings: readonly Item[], item: Item, index: number): string | null {
  const others = siblings.filter(({ id }) => id !== item.id);
  return others[index - 1]?.id ?? null;
}

/** Behind which sibling it goes when it is dropped on another one's upper or lower half. */
export function afterDrop(items: readonly Item[], item: Item, target: { id: string; edge: Edge }): string | null {
  const others = siblingsOf(items, item).filter(({ id }) => id !== item.id);
  const at = others.findIndex(({ id }) => id === target.id);
  return target.edge === 'below' ? target.id : (others[at - 1]?.id ?? null);
}

export type Edge = 'above' | 'below';

type Sorting = {
  id: () => string;
  handle: () => Element | null;
  accepts: (dragged: string) => boolean;
  ondrag: (dragged: string | null) => void;
  onhover: (edge: Edge | null) => void;
  ondrop: (dragged: string, edge: Edge) => void;
};

/** A row that one drags by its handle, and onto which others are dropped. */
export function sortable({ id, handle, accepts, ondrag, onhover, ondrop }: Sorting): Attachment<HTMLElement> {
  return (element) => {
    const edgeAt = (y: number): Edge => {
      const { top, height } = element.getBoundingClientRect();
      return y < top + height / 2 ? 'above' : 'below';
    };
    const grip = handle();
    const endDrag = draggable({
      element,
      ...(grip ? { dragHandle: grip } : {}),
      getInitialData: () => ({ row: id() }),
      onDragStart: () => ondrag(id()),
      onDrop: () => ondrag(null),
    });
    const endDrop = dropTargetForElements({
      element,
      canDrop: ({ source }) => accepts(String(source.data['row'])),
      onDrag: ({ location }) => onhover(edgeAt(location.current.input.clientY)),
      onDragLeave: () => onhover(null),
      onDrop: ({ source, location }) => {
        onhover(null);
        ondrop(String(source.data['row']), edgeAt(location.current.input.clientY));
      },
    });
    return () => {
      endDrag();
      endDrop();
    };
  };
}
