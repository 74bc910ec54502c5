import { grants, sightOf, type Operation } from './document.ts';
import type { Attempt, Existing } from './rows.ts';
import type { World } from './world.ts';

type Question = { actor: string; table: string; operation: Operation; row: Existing | Attempt };

/** What docs/access.md says. */
export function mayBe(world: World, { actor, table, operation, row }: Question): boolean {
  if (row.never?.includes(operation)) return false;
  const somebody = world.actors.get(actor);
  if (typeof somebody !== 'object') return false;
  // What belongs to no workspace is the system's alone, whichever word stands there.
  const isReached =
    row.workspaceId === somebody.workspaceId || (row.workspaceId === null && somebody.kind === 'system');
  if (!isReached) return false;
  const sight = row.state ? sightOf(actor, row.state) : '';
  const words = typeof row.words === 'function' ? row.words(actor) : (row.words ?? []);
  const holds = (word: string) => {
    if (word === 'all') return true;
    if (word === 'seen') return sight !== '';
    if (word === 'worked') return sight === 'work';
    if (word === 'own') return row.own?.includes(actor) ?? false;
    return words.includes(word);
  };
  return grants(actor, table, operation).some((list) => list.every(holds));
}
