import { m } from '#lib/i18n/paraglide/messages.js';
import type { CheckFailure, CheckStep } from '#lib/shared/checks.ts';

export const stepWords: Record<CheckStep, () => string> = {
  queued: m.mailbox_check_step_queued,
  sent: m.mailbox_check_step_sent,
  arrived: m.mailbox_check_step_arrived,
  answered: m.mailbox_check_step_answered,
  found: m.mailbox_check_step_found,
};

type Facts = { address: string; folder: string; minutes: number };

const failures: Record<CheckFailure, (facts: Facts) => string> = {
  'send.noServer': m.mailbox_check_send_no_server,
  'send.connection': m.mailbox_check_send_connection,
  'send.certificate': m.mailbox_check_send_certificate,
  'send.password': m.mailbox_check_send_password,
  'send.refused': m.mailbox_check_send_refused,
  'send.late': m.mailbox_check_send_late,
  'send.bounced': m.mailbox_check_send_bounced,
  'read.connection': m.mailbox_check_read_connection,
  'read.certificate': m.mailbox_check_read_certificate,
  'read.password': m.mailbox_check_read_password,
  'read.folder': m.mailbox_check_read_folder,
  'read.trouble': m.mailbox_check_read_trouble,
  'arrive.never': m.mailbox_check_arrive_never,
  'arrive.junk': m.mailbox_check_arrive_junk,
  'arrive.elsewhere': m.mailbox_check_arrive_elsewhere,
  'answer.noAddress': m.mailbox_check_answer_no_address,
  'answer.refused': m.mailbox_check_answer_refused,
  'answer.never': m.mailbox_check_answer_never,
  'answer.junk': m.mailbox_check_answer_junk,
  'answer.elsewhere': m.mailbox_check_answer_elsewhere,
  'answer.tokenLost': m.mailbox_check_answer_token_lost,
  'account.gone': m.mailbox_check_account_gone,
};

/** What is wrong and what can be done about it. */
export function failureWords(failure: string, facts: Facts): string {
  return isKnown(failure) ? failures[failure](facts) : m.mailbox_check_failed();
}

function isKnown(failure: string): failure is CheckFailure {
  return Object.hasOwn(failures, failure);
}
