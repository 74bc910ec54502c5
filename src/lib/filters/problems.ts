import { m } from '#lib/i18n/paraglide/messages.js';
import { actionsOf, operatorOf, type Draft } from './draft.ts';

/** What is missing in a form, each beside its field. */
export type Problems = {
  name?: string;
  conditions: { header?: string; value?: string }[];
  number?: string;
  copy?: string;
  /** Nothing would happen. */
  nothing?: string;
};

export function problemsOf(draft: Draft): Problems {
  const { where, to, number, copyTo, copy } = draft;
  return {
    ...(draft.name.trim() ? {} : { name: m.filters_bad_name() }),
    conditions: draft.conditions.map((each) => {
      const is = operatorOf(each);
      const isHeader = each.field !== 'header' || /^[a-z0-9-]+$/i.test(each.header.trim());
      const value = each.value.trim();
      return {
        ...(isHeader ? {} : { header: m.filters_bad_header() }),
        ...(is === 'present' || value ? {} : { value: m.filters_bad_value() }),
        ...(is === 'above' && !/^\d{1,7}$/.test(value) ? { value: m.filters_bad_size() } : {}),
      };
    }),
    ...(where === 'move' && to === 'number' && !isNumber(number) ? { number: m.filters_bad_number() } : {}),
    ...(copyTo === 'number' && !isNumber(copy) ? { copy: m.filters_bad_number() } : {}),
    ...(actionsOf(draft).length === 0 ? { nothing: m.filters_bad_nothing() } : {}),
  };
}

export function isFine({ conditions, ...rest }: Problems): boolean {
  return Object.keys(rest).length === 0 && conditions.every((each) => Object.keys(each).length === 0);
}

const isNumber = (text: string) => /^\s*#?[1-9]\d{0,8}\s*$/.test(text);
