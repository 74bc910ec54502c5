import { priorityWords } from '#lib/board/words.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Action, Decisive, Scope } from '#lib/shared/filter-actions.ts';
import type { Filter, fields, operators } from '#lib/shared/filters.ts';

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

/** Where the "not" stands is each language's. */
const deniedWords: typeof operatorWords = {
  contains: m.inbox_filter_contains_not,
  equals: m.inbox_filter_equals_not,
  begins: m.inbox_filter_begins_not,
  domain: m.inbox_filter_domain_not,
  above: m.inbox_filter_above_not,
  present: m.inbox_filter_present_not,
};

type Choice = { label: () => string; hint?: () => string };

/** Where a mail may go, as the form offers it. */
export function choiceOf(where: Decisive, { isMine }: Scope): Choice {
  const choices: Record<Decisive, Choice> = {
    ticket: { label: m.inbox_filter_ticket },
    move: isMine
      ? { label: m.filters_move_mine, hint: m.filters_move_mine_hint }
      : { label: m.inbox_filter_move, hint: m.inbox_filter_move_hint },
    inbox: { label: m.inbox_filter_inbox },
    ignore: { label: m.inbox_ignore, hint: m.inbox_filter_ignore_hint },
    claim: { label: m.filters_claim, hint: m.filters_claim_hint },
    read: { label: m.filters_read, hint: m.filters_read_hint },
    hold: { label: m.filters_hold, hint: m.filters_hold_hint },
    silent: { label: m.filters_silent, hint: m.filters_silent_hint },
  };
  return choices[where];
}

/** `Betreff enthält „Rechnung“ und Datei im Anhang ist vorhanden`. */
export function conditionWords({ joins, conditions }: Pick<Filter, 'joins' | 'conditions'>): string {
  const each = conditions.map(({ field, is, header, value, not }) =>
    [
      field === 'header' ? `${fieldWords.header()} ${header}` : fieldWords[field](),
      (not ? deniedWords : operatorWords)[is](),
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
      return action.number === 'named'
        ? m.filters_does_move_named()
        : m.inbox_filter_does_move({ number: action.number });
    case 'copy':
      return action.number === 'named'
        ? m.filters_does_copy_named()
        : m.inbox_filter_does_copy({ number: action.number });
    case 'tag':
      return m.inbox_filter_does_tag({ tag: action.tag });
    case 'priority':
      return m.inbox_filter_does_priority({ priority: priorityWords[action.priority]() });
    case 'inbox':
      return m.inbox_filter_inbox();
    case 'ignore':
      return m.inbox_ignore();
    case 'claim':
      return m.filters_does_claim();
    case 'read':
      return m.filters_does_read();
    case 'hold':
      return m.filters_does_hold();
    case 'silent':
      return m.filters_does_silent();
  }
}
