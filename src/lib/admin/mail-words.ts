import { m } from '#lib/i18n/paraglide/messages.js';
import { isFault } from '#lib/shared/faults.ts';
import type { mailFailures, MailReason } from '#lib/shared/reasons.ts';
import { faultSentence } from '#lib/ui/trouble.ts';

export const mailStateWords: Record<string, () => string> = {
  stored: m.admin_mail_waiting,
  parsed: m.admin_mail_waiting,
  threaded: m.admin_mail_waiting,
  waiting: m.inbox_state_waiting,
  filed: m.admin_mail_filed,
  ignored: m.admin_mail_ignored,
  failed: m.admin_mail_failed,
};

export const outgoingWords = {
  queued: m.admin_sent_queued,
  sending: m.admin_sent_sending,
  sent: m.admin_sent_sent,
  failed: m.admin_sent_failed,
  unknown: m.admin_sent_unknown,
  held: m.admin_sent_held,
  cancelled: m.admin_sent_cancelled,
  bounced: m.admin_sent_bounced,
};

/** Each ends where the number of the ticket may follow. */
const reasons: Record<MailReason | (typeof mailFailures)[number], () => string> = {
  'ticket.created': m.admin_reason_created,
  'ticket.created, closed': m.admin_reason_created_closed,
  'ticket.created, maybe': m.admin_reason_created_maybe,
  'ticket.answered by address': m.admin_reason_answered_address,
  'ticket.answered by ownId': m.admin_reason_answered_thread,
  'ticket.answered by foreignId': m.admin_reason_answered_thread,
  'ticket.answered by subject': m.admin_reason_answered_number,
  'ticket.commented by address': m.inbox_reason_commented,
  'ticket.commented by ownId': m.inbox_reason_commented,
  'ticket.commented by foreignId': m.inbox_reason_commented,
  'ticket.commented by subject': m.inbox_reason_commented,
  inbox: m.inbox_reason_waiting,
  'inbox, closed': m.inbox_reason_closed,
  'inbox, maybe': m.inbox_reason_maybe,
  'inbox.ticket': m.inbox_reason_ticket,
  'inbox.attached': m.inbox_reason_attached,
  'inbox.archived': m.inbox_reason_archived,
  'inbox.ignored': m.inbox_reason_ignored,
  'filter.ticket': m.inbox_reason_filter_ticket,
  'filter.moved': m.inbox_reason_filter_moved,
  'filter.inbox': m.inbox_reason_filter_inbox,
  'filter.ignored': m.inbox_reason_filter_ignored,
  duplicate: m.admin_reason_duplicate,
  own: m.admin_reason_own,
  'own.check': m.mailbox_reason_check,
  report: m.admin_reason_report,
  closed: m.admin_reason_closed,
  'unreadable: size': m.inbox_reason_size,
  'unreadable: time': m.inbox_reason_time,
  'unreadable: memory': m.inbox_reason_memory,
  'unreadable: crash': m.admin_reason_unreadable,
  'mail.erased': m.admin_reason_erased,
  'mail.unfetched': m.mailbox_reason_unfetched,
  'mail.interrupted': m.inbox_reason_interrupted,
  'mail.filedAlready': m.inbox_reason_filed_already,
  'ticket.closed': m.errors_ticket_closed,
};

function isKnown(reason: string): reason is keyof typeof reasons {
  return Object.hasOwn(reasons, reason);
}

/** Why a mail ended as it did, in words; what has none is shown as it stands, for the log. */
export function reasonWords(reason: string): string {
  if (!reason) return '';
  if (isFault(reason)) return faultSentence(reason);
  return isKnown(reason) ? reasons[reason]() : m.admin_reason_other({ reason });
}

const verdicts: Record<string, () => string> = {
  check: m.mailbox_is_check,
  own_mail: () => '',
  forged: m.mailbox_is_forged,
  spam: m.outbox_is_spam,
  bounce: m.mailbox_is_bounce,
  complaint: m.mailbox_is_complaint,
  report: m.mailbox_is_report,
  handed_on: m.mailbox_is_handed_on,
  list: m.mailbox_is_list,
  automatic: m.mailbox_is_automatic,
  no_auto_answer: m.mailbox_no_answer,
};

/** What a mail is, by the narrowest word that holds; nothing for what its reason says already, and for people's mail. */
export function verdictWords(words: string[]): string {
  const narrowest = Object.keys(verdicts).find((word) => words.includes(word));
  return (narrowest && verdicts[narrowest]?.()) ?? '';
}

export const kindWords: Record<string, () => string> = {
  confirmation: m.admin_kind_confirmation,
  message: m.admin_kind_message,
  question: m.letters_question,
  interim: m.letters_interim,
  closing: m.admin_kind_closing,
  statement: m.letters_statement,
  forward: m.letters_forward,
  notice: m.letters_notice,
  invitation: m.admin_kind_invitation,
  check: m.mailbox_check_kind,
};

const responses: Record<string, () => string> = {
  internal: m.admin_response_internal,
  interrupted: m.admin_response_interrupted,
  'nothing to tell any more': m.admin_response_nothing,
  'by hand': m.outbox_by_hand,
  'taken back': m.outbox_taken_back,
  'filter.held': m.filters_response_held,
  'filter.silent': m.filters_response_silent,
};

/** No server said it. */
export function isOurs(response: string): boolean {
  return Object.hasOwn(responses, response);
}

/** What the receiving server said, or why it was never asked. */
export function responseWords({ state, response }: { state: string; response: string }): string {
  if (state === 'held' && !response) return m.admin_response_held();
  return responses[response]?.() ?? (response ? m.admin_response_server({ response }) : '');
}

/** What somebody should look at. */
export function isTroubled(state: string): boolean {
  return state === 'failed' || state === 'bounced' || state === 'unknown';
}

/** May be sent again by hand; what is still on its way goes by itself. */
export function isRepeatable(state: string): boolean {
  return isTroubled(state) || state === 'held';
}
