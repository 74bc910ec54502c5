import { z } from 'zod';
import type { Action, Decisive, Direction, Target } from './filter-actions.ts';
import type { Priority } from './ticket.ts';

// Filters over mail. No regular expressions: one that somebody else's mail makes slow would stop all mail.

export const fields = ['from', 'to', 'subject', 'text', 'header', 'size', 'file'] as const;
export const operators = ['contains', 'equals', 'begins', 'domain', 'above', 'present'] as const;

const valueLength = 200;

const condition = z
  .object({
    field: z.enum(fields),
    is: z.enum(operators),
    /** The name of the header, for `header`. */
    header: z
      .string()
      .trim()
      .toLowerCase()
      .max(60)
      .regex(/^[a-z0-9-]*$/)
      .default(''),
    /** Of a size in kilobytes. */
    value: z.string().trim().max(valueLength).default(''),
    not: z.boolean().default(false),
  })
  .refine(({ field, is }) => operatorsOf[field].includes(is))
  .refine(({ field, header }) => (field === 'header') === (header !== ''))
  .refine(({ is, value }) => is === 'present' || value !== '')
  .refine(({ is, value }) => is !== 'above' || /^\d{1,7}$/.test(value));

/** What may be asked of what. */
export const operatorsOf: Record<(typeof fields)[number], readonly (typeof operators)[number][]> = {
  from: ['contains', 'equals', 'begins', 'domain'],
  to: ['contains', 'equals', 'begins', 'domain'],
  subject: ['contains', 'equals', 'begins'],
  text: ['contains', 'begins'],
  header: ['contains', 'equals', 'begins', 'present'],
  size: ['above'],
  file: ['present', 'contains'],
};

export const conditions = z.array(condition).min(1).max(20);

export type Condition = z.output<typeof condition>;
export type Joins = 'all' | 'any';
export type Filter = { name: string; joins: Joins; conditions: Condition[]; actions: Action[]; stops: boolean };

/** A filter as its list and its page show it. */
export type FilterSetting = Filter & { id: string; isActive: boolean; direction: Direction };

/** What a filter is shown of a mail. */
export type Facts = {
  /** Addresses and names, in lower case. */
  from: string[];
  to: string[];
  subject: string;
  text: string;
  headers: ReadonlyMap<string, string[]>;
  sizeBytes: number;
  files: string[];
};

export function matches({ joins, conditions }: Pick<Filter, 'joins' | 'conditions'>, facts: Facts): boolean {
  const holds = (each: Condition) => isSo(each, facts) !== each.not;
  return joins === 'all' ? conditions.every(holds) : conditions.some(holds);
}

function isSo({ field, is, header, value }: Condition, facts: Facts): boolean {
  if (field === 'size' || is === 'above') return facts.sizeBytes > Number(value) * 1024;
  const texts = textsOf(facts, field, header);
  if (is === 'present') return texts.length > 0;
  const wanted = plain(value);
  const fits = {
    contains: (text: string) => text.includes(wanted),
    equals: (text: string) => text === wanted,
    begins: (text: string) => text.startsWith(wanted),
    // Also below it: `example.org` is meant by who writes from mail.example.org, and not from badexample.org.
    domain: (text: string) =>
      new RegExp(`[@.]${wanted.replace(/^[@.]/, '').replace(/[^a-z0-9]/g, '\\$&')}$`).test(text),
  }[is];
  return texts.some(fits);
}

/** Made plain once for a mail: a megabyte of text takes a twentieth of a second, and two thousand conditions may ask for it. */
const madePlain = new WeakMap<Facts, Map<string, string[]>>();

function textsOf(facts: Facts, field: Exclude<Condition['field'], 'size'>, header: string): string[] {
  const known = madePlain.get(facts) ?? new Map<string, string[]>();
  madePlain.set(facts, known);
  const key = `${field} ${header}`;
  const said = () => {
    if (field === 'header') return facts.headers.get(header) ?? [];
    return [facts[field === 'file' ? 'files' : field]].flat();
  };
  const texts = known.get(key) ?? said().map(plain);
  known.set(key, texts);
  return texts;
}

/** Case and spaces are nobody's meaning. */
function plain(text: string): string {
  return text.toLowerCase().normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** What filters make of a mail together. */
export type Sorting = {
  where: Extract<Action, { do: Decisive }> | null;
  copies: Target[];
  tags: string[];
  priority: Priority | null;
  names: string[];
};

/** In their order, until one stops. Where two say where a mail belongs, the first is followed. */
export function sort(filters: readonly Filter[], facts: Facts): Sorting {
  const sorting: Sorting = { where: null, copies: [], tags: [], priority: null, names: [] };
  for (const filter of filters) {
    if (!matches(filter, facts)) continue;
    sorting.names.push(filter.name);
    for (const each of filter.actions) {
      if (each.do === 'copy') sorting.copies.push(each.number);
      else if (each.do === 'tag') sorting.tags.push(each.tag);
      else if (each.do === 'priority') sorting.priority ??= each.priority;
      else sorting.where ??= each;
    }
    if (filter.stops) break;
  }
  return sorting;
}
