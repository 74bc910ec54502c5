import type { Direction } from '#lib/shared/filter-actions.ts';
import type { Filter } from '#lib/shared/filters.ts';

/** A rule as its list and its page show it. */
export type Setting = Filter & { id: string; isActive: boolean; direction: Direction };

/** What one's own rules did about a mail. */
export type Ran = {
  id: string;
  names: string[];
  state: 'asked' | 'done' | 'refused';
  reason: string;
  subject: string;
  person: string;
  ticket: number | null;
  at: string;
};
