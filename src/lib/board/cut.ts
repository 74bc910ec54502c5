import { viewerOf } from '#lib/shared/permissions.ts';
import type { Beginning, Grouping } from '#lib/shared/parts.ts';
import type { Role } from '#lib/shared/ticket.ts';
import { columnsBy } from './columns.ts';

/** More than the widest common screen shows at once. */
const columnsInSight = 8;
/** The others show that they are filled. */
const perColumnBeyond = 1;

/** Leaves out of a beginning what no first screen shows: the rest follows by itself. */
export function cut(beginning: Beginning, { by, me }: { by: Grouping; me: { id: string; role: Role } }): Beginning {
  if (beginning.isWhole) return beginning;
  const { snapshot } = beginning;
  const viewer = viewerOf(me, snapshot.pools, snapshot.groups);
  const columns = columnsBy(by, { ...snapshot, viewer }).slice(columnsInSight);
  const beyond = new Set(columns.flatMap(({ cards }) => cards.slice(perColumnBeyond)));
  const cards = snapshot.cards.filter((card) => !beyond.has(card));
  const ids = new Set(cards.map(({ id }) => id));
  const reads = snapshot.reads.filter(([ticket]) => ids.has(ticket));
  return { ...beginning, snapshot: { ...snapshot, cards, reads } };
}
