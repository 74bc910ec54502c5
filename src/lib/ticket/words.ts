import { m } from '#lib/i18n/paraglide/messages.js';
import type { Delivery, Message } from '#lib/shared/conversation.ts';
import type { Customer } from '#lib/shared/opened.ts';
import type { Channel, Priority, Status } from '#lib/shared/ticket.ts';

export const statusWords: Record<Status, () => string> = {
  draft: m.ticket_status_draft,
  open: m.ticket_status_open,
  assigned: m.ticket_status_assigned,
  in_progress: m.ticket_status_in_progress,
  done: m.ticket_status_done,
  closed: m.ticket_status_closed,
  cancelled: m.ticket_status_cancelled,
};

export const priorityWords: Record<Priority, () => string> = {
  low: m.ticket_priority_low,
  normal: m.ticket_priority_normal,
  high: m.ticket_priority_high,
  urgent: m.ticket_priority_urgent,
};

export const channelWords: Record<Channel, () => string> = {
  mail: m.ticket_channel_mail,
  form: m.ticket_channel_form,
  portal: m.ticket_channel_portal,
  phone: m.ticket_channel_phone,
  code: m.ticket_channel_code,
  api: m.ticket_channel_api,
  hand: m.ticket_channel_hand,
};

export const wayWords: Record<Message['channel'], () => string> = {
  app: m.ticket_way_app,
  page: m.ticket_way_page,
  portal: m.ticket_channel_portal,
  mail: m.ticket_channel_mail,
  form: m.ticket_channel_form,
  api: m.ticket_channel_api,
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

/** What the traffic light cannot say by colour alone. */
export function isTrouble({ state }: Delivery): boolean {
  return state === 'failed' || state === 'bounced' || state === 'unknown';
}

/** As one speaks of somebody: "Frau Dr. Weber", "Ms Weber"; without a salutation the whole name. */
export function spokenName({ salutation, title, name }: Pick<Customer, 'salutation' | 'title' | 'name'>): string {
  const last = name.trim().split(/\s+/).at(-1) ?? name;
  const called = [title, last].filter(Boolean).join(' ');
  if (salutation === 'ms') return m.ticket_ms({ name: called });
  if (salutation === 'mr') return m.ticket_mr({ name: called });
  return name;
}
