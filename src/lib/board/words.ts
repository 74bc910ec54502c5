import { date, list, shortAge, time } from '#lib/i18n/formats.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Card } from '#lib/shared/board.ts';
import type { Channel, Priority, Status } from '#lib/shared/ticket.ts';
import type { BoardView } from './board.svelte.ts';
import type { Place } from './columns.ts';
import { lightOf, type Light } from './light.ts';

export const statusWords: Record<Status, () => string> = {
  draft: m.board_status_draft,
  open: m.board_status_open,
  assigned: m.board_status_assigned,
  in_progress: m.board_status_in_progress,
  done: m.board_status_done,
  closed: m.board_status_closed,
  cancelled: m.board_status_cancelled,
};

export const priorityWords: Record<Priority, () => string> = {
  low: m.board_priority_low,
  normal: m.board_priority_normal,
  high: m.board_priority_high,
  urgent: m.board_priority_urgent,
};

/** Why a card rests; empty for one that does not. */
export function deferralWords({ deferred }: Pick<Card, 'deferred'>): string {
  if (deferred === null) return '';
  return deferred === 'answer'
    ? m.ticket_deferred_answer()
    : m.ticket_deferred_until({ when: `${date(deferred)} ${time(deferred)}` });
}

export const channelWords: Record<Channel, () => string> = {
  mail: m.board_channel_mail,
  form: m.board_channel_form,
  portal: m.board_channel_portal,
  phone: m.board_channel_phone,
  code: m.board_channel_code,
  api: m.board_channel_api,
  hand: m.board_channel_hand,
};

export const lightWords: Record<Light, () => string> = {
  red: m.board_light_red,
  amber: m.board_light_amber,
  green: m.board_light_green,
  off: m.board_light_off,
};

/** What a place is called: "Heizung", "Ada Lund", "In Arbeit". */
export function nameOfPlace(place: Place, board: BoardView): string {
  if (place.kind === 'status') return statusWords[place.id]();
  if (place.kind === 'nobody') return m.board_nobody();
  if (place.kind === 'member' && place.id === board.live.me.id) return m.board_me();
  return board.nameOf(place.id);
}

type At = { column: string; position: number; count: number };

/** All that a card shows, for those who hear it: what it is about first, where it lies last. */
export function labelOf(card: Card, board: BoardView, { column, position, count }: At): string {
  const light = lightOf(card, Date.now());
  const lookers = board.live.presence.lookers(card.id).map((looker) => board.nameOf(looker));
  const facts = [
    card.customer,
    shortAge(card.created),
    card.priority === 'normal' ? '' : `${m.board_filter_priority()}: ${priorityWords[card.priority]()}`,
    deferralWords(card),
    light === 'red' || light === 'amber' ? lightWords[light]() : '',
    board.selection.has(card.id) ? m.moves_is_chosen() : '',
    board.returned.reasonOf(card.id),
    board.live.board.isUnread(card) ? m.board_unread() : '',
    card.visibility === 'internal' ? m.board_internal() : '',
    card.member !== null && card.member !== board.live.me.id ? board.nameOf(card.member) : '',
    lookers.length > 0 ? m.board_looks({ names: list(lookers) }) : '',
  ].filter(Boolean);
  return m.board_label_card({
    subject: card.subject,
    number: card.number,
    facts: facts.join(', '),
    column,
    position,
    count,
  });
}

/** Why nobody's presence is shown, where it is not. */
export function whyUnknown({ isAvailable, isCrowd }: { isAvailable: boolean; isCrowd: boolean }): string {
  if (!isAvailable) return m.board_presence_off();
  return isCrowd ? m.board_presence_crowd() : '';
}
