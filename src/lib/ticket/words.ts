import { m } from '#lib/i18n/paraglide/messages.js';
import type { Delivery, Message } from '#lib/shared/conversation.ts';
import type { Customer } from '#lib/shared/opened.ts';

export { channelWords, deferralWords, priorityWords, statusWords } from '#lib/board/words.ts';

export const wayWords: Record<Message['channel'], () => string> = {
  app: m.ticket_way_app,
  page: m.ticket_way_page,
  portal: m.board_channel_portal,
  mail: m.board_channel_mail,
  form: m.board_channel_form,
  api: m.board_channel_api,
};

export const deliveryWords: Record<Delivery['state'], () => string> = {
  queued: m.ticket_mail_queued,
  sending: m.ticket_mail_sending,
  sent: m.ticket_mail_sent,
  failed: m.ticket_mail_failed,
  unknown: m.ticket_mail_unknown,
  held: m.ticket_mail_held,
  cancelled: m.ticket_mail_cancelled,
  bounced: m.ticket_mail_bounced,
};

/** What a message was written for, where it is more than an answer. */
export const occasionWords: Record<Exclude<Message['occasion'], ''>, () => string> = {
  question: m.ticket_is_question,
  interim: m.ticket_is_interim,
  statement: m.ticket_is_statement,
  forward: m.ticket_is_forward,
};

/** Waits for its moment, as against one that the other server keeps waiting. */
export function isWaiting({ state, attempts }: Delivery): boolean {
  return state === 'queued' && attempts === 0;
}

export function isDelayed({ state, attempts }: Delivery): boolean {
  return state === 'queued' && attempts > 0;
}

/** Gone from here, and kept waiting by a server on its way. */
export function isLate({ state, late }: Delivery): boolean {
  return state === 'sent' && late !== null;
}

/** What the traffic light cannot say by colour alone. */
export function isTrouble({ state }: Delivery): boolean {
  return state === 'failed' || state === 'bounced' || state === 'unknown';
}

type Spoken = Pick<Customer, 'salutation' | 'title' | 'name'>;

/** As one speaks of somebody: "Frau Dr. Weber", "Ms Weber"; `to` him: "Herrn Krüger". Without a salutation the whole name. */
export function spokenName({ salutation, title, name }: Spoken, to = false): string {
  const last = name.trim().split(/\s+/).at(-1) ?? name;
  const called = [title, last].filter(Boolean).join(' ');
  if (salutation === 'ms') return m.ticket_ms({ name: called });
  if (salutation === 'mr') return to ? m.ticket_mr_to({ name: called }) : m.ticket_mr({ name: called });
  return name;
}
