import { fileSize } from '#lib/i18n/formats.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Refusal } from '#lib/shared/errors.ts';
import { fileBytes, filesPerMessage } from '#lib/shared/limits.ts';
import { isFault } from '#lib/shared/faults.ts';
import { faultSentence } from '#lib/ui/trouble.ts';

const sentences: Record<string, () => string> = {
  'file.tooLarge': () => m.ticket_file_too_large({ most: fileSize(fileBytes) }),
  'file.tooMany': () => m.ticket_file_too_many({ most: filesPerMessage }),
  'file.refused': m.ticket_file_refused,
  'file.empty': m.ticket_file_empty,
  'file.interrupted': m.ticket_file_interrupted,
  'ticket.closed': m.ticket_file_closed,
  'ticket.forbidden': m.ticket_file_forbidden,
  'too.many': m.ticket_file_too_fast,
};

/** One clear sentence why a file did not make it. */
export function whyNot({ code }: Refusal): string {
  if (isFault(code)) return `${faultSentence(code)} ${m.faults_again()}`;
  return (sentences[code] ?? m.ticket_file_failed)();
}
