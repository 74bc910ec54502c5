import type { CommandInput } from '#lib/shared/commands.ts';
import {
  decides,
  isPossible,
  type Action,
  type Decisive,
  type Scope,
  type Target,
} from '#lib/shared/filter-actions.ts';
import { operatorsOf, type Condition, type Filter } from '#lib/shared/filters.ts';
import type { Priority } from '#lib/shared/ticket.ts';

export type Where = 'usual' | Decisive;
export type To = 'named' | 'number';

/** A filter as the form holds it: one place for the mail, and what else is to happen. */
export type Draft = Scope & {
  name: string;
  joins: 'all' | 'any';
  conditions: Condition[];
  where: Where;
  pool: string;
  to: To;
  number: string;
  copyTo: '' | To;
  copy: string;
  tag: string;
  priority: '' | Priority;
  stops: boolean;
};

export const newCondition = (): Condition => ({ field: 'from', is: 'contains', header: '', value: '', not: false });

type About = Scope & { pool: string; sender: string };

export function draftOf(filter: Filter | null, { pool, sender, direction, isMine }: About): Draft {
  const find = <D extends Action['do']>(does: D) =>
    filter?.actions.find((each): each is Extract<Action, { do: D }> => each.do === does);
  const first: Condition = { ...newCondition(), field: direction === 'out' ? 'to' : 'from' };
  const known: Condition[] = sender ? [{ ...first, is: 'equals', value: sender }] : [first];
  const usual: Where = isPossible([{ do: 'ignore' }], { direction, isMine }) ? 'ignore' : 'usual';
  const copied = find('copy')?.number;
  return {
    direction,
    isMine,
    name: filter?.name ?? sender,
    joins: filter?.joins ?? 'all',
    conditions: filter ? structuredClone(filter.conditions) : known,
    where: filter?.actions.find(decides)?.do ?? (filter ? 'usual' : usual),
    pool: find('ticket')?.pool ?? pool,
    to: find('move')?.number === 'named' ? 'named' : 'number',
    number: numberOf(find('move')?.number),
    copyTo: copied === undefined ? '' : copied === 'named' ? 'named' : 'number',
    copy: numberOf(copied),
    tag: find('tag')?.tag ?? '',
    priority: find('priority')?.priority ?? '',
    stops: filter?.stops ?? true,
  };
}

const numberOf = (target: Target | undefined) => (typeof target === 'number' ? String(target) : '');

export function inputFrom({ name, joins, stops, direction, isMine, ...draft }: Draft): CommandInput<'filter.create'> {
  return { name, joins, stops, direction, isMine, conditions: conditionsOf(draft), actions: actionsOf(draft) };
}

function conditionsOf({ conditions }: Pick<Draft, 'conditions'>): Condition[] {
  return conditions.map((each) => {
    const is = operatorOf(each);
    return {
      ...each,
      is,
      header: each.field === 'header' ? each.header : '',
      value: is === 'present' ? '' : each.value,
    };
  });
}

/** What was chosen of another field may mean nothing here. */
export function operatorOf({ field, is }: Condition): Condition['is'] {
  return operatorsOf[field].includes(is) ? is : (operatorsOf[field][0] ?? 'contains');
}

type Deeds = Pick<Draft, 'where' | 'pool' | 'to' | 'number' | 'copyTo' | 'copy' | 'tag' | 'priority'>;

export function actionsOf(draft: Deeds): Action[] {
  return [
    ...placeOf(draft),
    ...(draft.copyTo ? [{ do: 'copy' as const, number: targetOf(draft.copyTo, draft.copy) }] : []),
    ...(draft.tag.trim() ? [{ do: 'tag' as const, tag: draft.tag }] : []),
    ...(draft.priority ? [{ do: 'priority' as const, priority: draft.priority }] : []),
  ];
}

function placeOf({ where, pool, to, number }: Deeds): Action[] {
  if (where === 'usual') return [];
  if (where === 'ticket') return [{ do: where, pool }];
  if (where === 'move') return [{ do: where, number: targetOf(to, number) }];
  return [{ do: where }];
}

/** As people write it: `#1042`. */
function targetOf(to: To, text: string): Target {
  return to === 'named' ? 'named' : Number(text.replace(/^\s*#/, ''));
}
