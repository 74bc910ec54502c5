import { m } from '#lib/i18n/paraglide/messages.js';
import type { fields, operators } from '#lib/shared/filters.ts';

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
