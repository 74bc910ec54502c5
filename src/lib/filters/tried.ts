import { priorityWords } from '#lib/board/words.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { TriedMail } from '#lib/shared/foreseen.ts';

/** What would become of it, in one line. */
export function triedWords(mail: TriedMail): string {
  const { passes, ticket, tags, priority, copies } = mail;
  if (passes === 'above') return m.filters_would_above();
  if (passes === 'answer')
    return ticket === null ? m.filters_would_answer_hidden() : m.filters_would_answer({ number: ticket });
  const also = [
    ...copies.map((number) => m.inbox_filter_does_copy({ number })),
    ...tags.map((tag) => m.inbox_filter_does_tag({ tag })),
    ...(priority ? [m.inbox_filter_does_priority({ priority: priorityWords[priority]() })] : []),
  ];
  return [placeOf(mail), ...also].join(', ');
}

function placeOf({ does, pool, ticket, isComment }: TriedMail): string {
  switch (does) {
    case 'ticket':
      return m.filters_would_ticket({ pool: pool ?? '?' });
    case 'move':
      if (ticket === null) return m.filters_would_move_hidden();
      return isComment ? m.filters_would_move_comment({ number: ticket }) : m.filters_would_move({ number: ticket });
    case 'inbox':
      return m.filters_would_inbox();
    case 'ignore':
      return m.filters_would_ignore();
    case 'claim':
      return ticket === null ? m.filters_would_usual() : m.filters_would_claim({ number: ticket });
    case 'read':
      return m.filters_would_read();
    case 'hold':
      return m.filters_would_hold();
    case 'silent':
      return m.filters_would_silent();
    case 'usual':
      return m.filters_would_usual();
  }
}
