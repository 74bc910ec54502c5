import { priorityWords } from '#lib/board/words.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Action, Filter, fields, operators } from '#lib/shared/filters.ts';

export const fieldWords: Record<(typeof fields)[number], () => string> = {
  from: m.inbox_filter_from,
  to: m.inbox_filter_to,
  subject: m.inbox_filter_subject,
  text: m.inbox_filter_text,
  header: m.inbox_filter_header,
  size: m.inbox_filter_size,
  file: m.inbox_filter_file,
};

export const operatorWords: Record<(typeof operators)[number], () => string> = {
  contains: m.inbox_filter_contains,
  equals: m.inbox_filter_equals,
  begins: m.inbox_filter_begins,
  domain: m.inbox_filter_domain,
  above: m.inbox_filter_above,
  present: m.inbox_filter_present,
};

/** `Betreff enthält „Rechnung“ und Datei im Anhang ist vorhanden`. */
export function conditionWords({ joins, conditions }: Pick<Filter, 'joins' | 'conditions'>): string {
  const each = conditions.map(({ field, is, header, value, not }) =>
    [
      field === 'header' ? `${fieldWords.header()} ${header}` : fieldWords[field](),
      not ? m.inbox_filter_not() : '',
      operatorWords[is](),
      is === 'present' ? '' : m.inbox_filter_quoted({ value }),
    ]
      .filter(Boolean)
      .join(' '),
  );
  return each.join(joins === 'all' ? m.inbox_filter_and() : m.inbox_filter_or());
}

/** What becomes of the mail, in the order of its actions. */
export function actionWords(actions: Action[], pools: { value: string; label: string }[]): string {
  return actions.map((each) => wordsOf(each, pools)).join(', ');
}

function wordsOf(action: Action, pools: { value: string; label: string }[]): string {
  switch (action.do) {
    case 'ticket':
      return m.inbox_filter_does_ticket({ pool: pools.find(({ value }) => value === action.pool)?.label ?? '?' });
    case 'move':
      return m.inbox_filter_does_move({ number: action.number });
    case 'copy':
      return m.inbox_filter_does_copy({ number: action.number });
    case 'tag':
      return m.inbox_filter_does_tag({ tag: action.tag });
    case 'priority':
      return m.inbox_filter_does_priority({ priority: priorityWords[action.priority]() });
    case 'inbox':
      return m.inbox_filter_inbox();
    case 'ignore':
      return m.inbox_ignore();
  }
}
