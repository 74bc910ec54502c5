import { tagCount } from '#lib/shared/limits.ts';
import { isEnded, type Priority } from '#lib/shared/ticket.ts';
import type { Act } from '../act.ts';
import { change } from '../tickets/change.ts';
import { stateOf } from '../tickets/state.ts';

/** What rules say of a ticket that is there: tags are added, the priority is set. One that has ended stays as it is. */
export async function mark(
  act: Act,
  ticket: string,
  { tags, priority }: { tags: string[]; priority: Priority | null },
): Promise<void> {
  const state = await stateOf(act, ticket);
  if (isEnded(state.status) || (tags.length === 0 && priority === null)) return;
  const all = [...new Set([...state.tags, ...tags])].slice(0, tagCount);
  await change(act, { ticket, tags: all, ...(priority ? { priority } : {}) });
}
