import { m } from '#lib/i18n/paraglide/messages.js';
import { whyNot } from '#lib/files/words.ts';
import type { Refusal } from '#lib/shared/errors.ts';
import { isFault } from '#lib/shared/faults.ts';
import type { Stage } from '#lib/shared/page.ts';

export const stageWords: Record<Stage, () => string> = {
  received: m.page_stage_received,
  working: m.page_stage_working,
  done: m.page_stage_done,
  closed: m.page_stage_closed,
  cancelled: m.page_stage_cancelled,
};

/** Why a file did not make it. What of our machines is broken is no customer's matter. */
export function fileReasonOf(refusal: Refusal): string {
  return isFault(refusal.code) ? `${m.faults_customer()} ${m.faults_again()}` : whyNot(refusal);
}

/** One friendly sentence why something was not sent. */
export function reasonOf(refusal: Refusal): string {
  if (refusal.code.startsWith('file.') && refusal.code !== 'file.notFound') return whyNot(refusal);
  if (isFault(refusal.code) || refusal.code === 'server.away') return `${m.faults_customer()} ${m.faults_kept()}`;
  if (refusal.code === 'ticket.closed') return m.page_refused_closed();
  if (refusal.code === 'too.many') return m.page_refused_fast();
  if (refusal.code === 'message.empty') return m.page_refused_empty();
  return m.page_refused();
}
