import type { CommandInput } from '#lib/shared/commands.ts';
import { operatorsOf, type Action, type Condition, type Filter } from '#lib/shared/filters.ts';
import type { Priority } from '#lib/shared/ticket.ts';

type Where = 'usual' | 'ticket' | 'move' | 'inbox' | 'ignore';

/** A filter as the form holds it: one place for the mail, and what else is to happen. */
export type Draft = {
  name: string;
  joins: 'all' | 'any';
  conditions: Condition[];
  where: Where;
  pool: string;
  number: string;
  copy: string;
  tag: string;
  priority: '' | Priority;
  stops: boolean;
};

export const newCondition = (): Condition => ({ field: 'from', is: 'contains', header: '', value: '', not: false });

export function draftOf(filter: Filter | null, { pool, sender }: { pool: string; sender: string }): Draft {
  const find = <D extends Action['do']>(does: D) =>
    filter?.actions.find((each): each is Extract<Action, { do: D }> => each.do === does);
  const place = filter?.actions.find(({ do: does }) => ['ticket', 'move', 'inbox', 'ignore'].includes(does));
  const known: Condition[] = sender ? [{ ...newCondition(), is: 'equals', value: sender }] : [newCondition()];
  return {
    name: filter?.name ?? sender,
    joins: filter?.joins ?? 'all',
    conditions: filter ? structuredClone(filter.conditions) : known,
    where: (place?.do as Where | undefined) ?? (filter ? 'usual' : 'ignore'),
    pool: find('ticket')?.pool ?? pool,
    number: String(find('move')?.number ?? ''),
    copy: String(find('copy')?.number ?? ''),
    tag: find('tag')?.tag ?? '',
    priority: find('priority')?.priority ?? '',
    stops: filter?.stops ?? true,
  };
}

export function inputFrom({ name, joins, stops, ...draft }: Draft): CommandInput<'filter.create'> {
  return { name, joins, stops, conditions: conditionsOf(draft), actions: actionsOf(draft) };
}

export function conditionsOf({ conditions }: Pick<Draft, 'conditions'>): Condition[] {
  return conditions.map((each) => {
    const is = operatorsOf[each.field].includes(each.is) ? each.is : (operatorsOf[each.field][0] ?? 'contains');
    return {
      ...each,
      is,
      header: each.field === 'header' ? each.header : '',
      value: is === 'present' ? '' : each.value,
    };
  });
}

function actionsOf(draft: Omit<Draft, 'name' | 'joins' | 'stops'>): Action[] {
  const where: Record<Where, Action[]> = {
    usual: [],
    ticket: [{ do: 'ticket', pool: draft.pool }],
    move: [{ do: 'move', number: numberOf(draft.number) }],
    inbox: [{ do: 'inbox' }],
    ignore: [{ do: 'ignore' }],
  };
  return [
    ...where[draft.where],
    ...(draft.copy ? [{ do: 'copy' as const, number: numberOf(draft.copy) }] : []),
    ...(draft.tag.trim() ? [{ do: 'tag' as const, tag: draft.tag }] : []),
    ...(draft.priority ? [{ do: 'priority' as const, priority: draft.priority }] : []),
  ];
}

/** As people write it: `#1042`. */
function numberOf(text: string): number {
  return Number(text.replace(/^\s*#/, ''));
}
