import { z } from 'zod';
import { noFilters, type Filters } from './filter.ts';
import { channels, priorities } from './ticket.ts';

// Filters in an address, for the server to answer while a board has not arrived whole.

/** As long as the field on the board. */
const longestText = 100;
/** More than the menu offers. */
const mostTags = 50;

const schema = z.object({
  text: z.string().max(longestText),
  priorities: z.array(z.enum(priorities)).max(priorities.length),
  channels: z.array(z.enum(channels)).max(channels.length),
  tags: z.array(z.string().max(100)).max(mostTags),
  only: z.array(z.enum(['unread', 'mine', 'waiting'])).max(3),
});

export function toQuery({ text, onlyUnread, onlyMine, onlyWaiting, ...lists }: Filters): URLSearchParams {
  const only = { unread: onlyUnread, mine: onlyMine, waiting: onlyWaiting };
  return new URLSearchParams([
    ['text', text],
    ...lists.priorities.map((value) => ['priority', value]),
    ...lists.channels.map((value) => ['channel', value]),
    ...lists.tags.map((value) => ['tag', value]),
    ...Object.entries(only).flatMap(([name, isOn]) => (isOn ? [['only', name]] : [])),
  ]);
}

/** What toQuery wrote; null for anything else. */
export function fromQuery(query: URLSearchParams): Filters | null {
  const parsed = schema.safeParse({
    text: query.get('text') ?? '',
    priorities: query.getAll('priority'),
    channels: query.getAll('channel'),
    tags: query.getAll('tag'),
    only: query.getAll('only'),
  });
  if (!parsed.success) return null;
  const { only, ...rest } = parsed.data;
  return {
    ...noFilters,
    ...rest,
    onlyUnread: only.includes('unread'),
    onlyMine: only.includes('mine'),
    onlyWaiting: only.includes('waiting'),
  };
}
