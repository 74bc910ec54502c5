import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDot from '@lucide/svelte/icons/circle-dot';
import Hand from '@lucide/svelte/icons/hand';
import Link from '@lucide/svelte/icons/link';
import ListChecks from '@lucide/svelte/icons/list-checks';
import PanelRightOpen from '@lucide/svelte/icons/panel-right-open';
import Undo2 from '@lucide/svelte/icons/undo-2';
import UserPlus from '@lucide/svelte/icons/user-plus';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Card } from '#lib/shared/board.ts';
import { mayWork } from '#lib/shared/permissions.ts';
import { statuses } from '#lib/shared/ticket.ts';
import type { MenuAction, MenuItem } from '#lib/ui/menu.ts';
import { claim, put } from './act.ts';
import type { BoardView } from './board.svelte.ts';
import { choose } from './choose.ts';
import type { Place } from './columns.ts';
import { intentOf } from './intent.ts';
import { placesFor } from './targets.ts';
import { statusWords } from './words.ts';

type Next = (kind: 'assign' | 'move' | 'close') => void;

/** All that a drag can do, and more, for one card or for the chosen ones. `next` opens what asks further. */
export function itemsFor(board: BoardView, cards: readonly Card[], next: Next): MenuItem[] {
  const [card] = cards;
  if (!card) return [];
  const alone = cards.length === 1;
  return [
    ...(alone ? [openIt(board, card)] : []),
    ...deedsFor(board, cards, next),
    'separator',
    ...(alone ? [copyLink(board, card)] : []),
    alone && !board.selection.has(card.id)
      ? {
          label: m.moves_choose(),
          icon: ListChecks,
          shortcut: m.moves_space(),
          onselect: () => choose(board, () => board.selection.toggle(card.id)),
        }
      : { label: m.moves_choose_none(), icon: ListChecks, shortcut: 'Esc', onselect: () => board.selection.clear() },
  ];
}

/** What can be done to them; what this person may do to none of them is shown, but off. */
export function deedsFor(board: BoardView, cards: readonly Card[], next: Next): MenuAction[] {
  const viewer = board.live.viewer;
  const may = (place: Place) => cards.some((card) => intentOf(card, place, viewer) !== null);
  const me = { kind: 'member', id: board.live.me.id } as const;
  const nobody = { kind: 'nobody', id: '' } as const;
  const takesOver = cards.every((card) => intentOf(card, me, viewer)?.name !== 'ticket.claim') && may(me);
  const reachable = statuses.filter((id) => !['closed', 'cancelled'].includes(id) && may({ kind: 'status', id }));
  const status: MenuAction = {
    label: m.board_menu_status(),
    icon: CircleDot,
    items: reachable.map((id) => ({
      label: statusWords[id](),
      onselect: () => put(board, cards, { kind: 'status', id }),
    })),
  };
  return [
    {
      label: takesOver ? m.board_menu_take_over() : m.board_menu_claim(),
      icon: Hand,
      shortcut: 'C',
      disabled: !may(me),
      onselect: () => claim(board, cards),
    },
    {
      label: m.board_menu_assign(),
      icon: UserPlus,
      shortcut: 'A',
      disabled: placesFor('assign', cards, board).length === 0,
      onselect: () => next('assign'),
    },
    {
      label: m.board_menu_move(),
      icon: ArrowRightLeft,
      shortcut: 'M',
      disabled: placesFor('move', cards, board).length === 0,
      onselect: () => next('move'),
    },
    ...(reachable.length > 0 ? [status] : []),
    ...(may(nobody) ? [{ label: m.board_menu_release(), icon: Undo2, onselect: () => put(board, cards, nobody) }] : []),
    {
      label: m.board_menu_close(),
      icon: CircleCheck,
      shortcut: 'E',
      disabled: !cards.some((card) => mayWork(viewer, card)),
      onselect: () => next('close'),
    },
  ];
}

function openIt(board: BoardView, { number }: Card): MenuAction {
  return {
    label: m.board_menu_open(),
    icon: PanelRightOpen,
    shortcut: '↵',
    onselect: () => board.enter(number),
  };
}

function copyLink(board: BoardView, { number }: Card): MenuAction {
  const href = () => new URL(`/${board.live.workspace}/board/${number}`, location.href).href;
  return {
    label: m.board_menu_copy_link(),
    icon: Link,
    onselect: () =>
      void navigator.clipboard
        .writeText(href())
        .then(() => board.toasts.show({ text: m.board_link_copied({ number }) })),
  };
}
