import { isDeepStrictEqual } from 'node:util';
import { boardFrom, isUnread } from '#lib/shared/board.ts';
import { snapshot } from '#server/domain/board.ts';
import type { Sql } from '#server/database/pool.ts';
import type { Member } from '../support/cast.ts';
import type { Seen, Shown } from './browser/words.ts';
import type { Fates } from './tab.ts';

/** What a page that is loaded now would show. */
export async function fresh(member: Member): Promise<Seen> {
  const { pools, people, groups, ...cut } = await snapshot(member);
  const board = boardFrom(cut);
  const cards = [...board.cards.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return {
    cards: Object.fromEntries(cards.map((card) => [card.id, card])),
    unread: Object.fromEntries(cards.map((card) => [card.id, isUnread(board, card)])),
    beside: { pools: [...pools], people: [...people], groups: [...groups] },
  };
}

/** In which way a screen is not as it should be, or null. */
export function wrongWith(shown: Shown, wanted: Seen): string | null {
  if (shown.state !== 'live') return `is ${shown.state}`;
  if (shown.unsent > 0) return `has ${shown.unsent} unsent`;
  if (!shown.isWhole) return 'still waits for cards that its page left out';
  if (shown.guesses.length > 0) return `still guesses ${shown.guesses.join(', ')}`;
  const ids = new Set([...Object.keys(shown.cards), ...Object.keys(wanted.cards)]);
  for (const id of ids) {
    const [has, should] = [shown.cards[id], wanted.cards[id]];
    if (!isDeepStrictEqual(has, should)) return `shows ${JSON.stringify(has)} instead of ${JSON.stringify(should)}`;
    if (shown.unread[id] !== wanted.unread[id]) return `shows ${id} as ${shown.unread[id] ? 'unread' : 'read'}`;
  }
  for (const what of ['pools', 'people', 'groups'] as const) {
    const [has, should] = [shown.beside[what], wanted.beside[what]];
    if (!isDeepStrictEqual(has, should))
      return `has ${what} ${JSON.stringify(has)} instead of ${JSON.stringify(should)}`;
  }
  return null;
}

type Row = { id: string; actor: string };

/** What the ledger does not say of a command as its sender heard it. */
export async function wrongInLedger(owner: Sql, workspaceId: string, fates: Fates): Promise<string[]> {
  const rows = await owner<Row[]>`
    select id, actor from lotse.commands where workspace_id = ${workspaceId}
  `;
  const events = await owner<{ commandId: string; type: string; count: number }[]>`
    select command_id, type, count(*)::int as count
    from lotse.events
    where workspace_id = ${workspaceId} and command_id is not null and class = 'staff'
    group by command_id, type
  `;
  const known = Map.groupBy(rows, ({ id }) => id);
  const left = Map.groupBy(events, ({ commandId }) => commandId);
  const wrong: string[] = [];
  for (const [id, { member, name, input, fate }] of fates) {
    const what = `${name} ${id} of ${member.name}`;
    const entries = known.get(id) ?? [];
    const told = left.get(id) ?? [];
    if (fate === 'open') wrong.push(`${what} was never answered`);
    if (fate === 'done' && entries.length !== 1)
      wrong.push(`${what} was acknowledged and is in the ledger ${entries.length} times`);
    if (entries.some(({ actor }) => actor !== `member:${member.memberId}`))
      wrong.push(`${what} was done as somebody else`);
    if (fate !== 'open' && fate !== 'done' && fate !== 'unexpected' && told.length > 0)
      wrong.push(`${what} was refused (${fate}) and left ${told.length} events`);
    const expected = once[name];
    const count = told.find(({ type }) => type === expected)?.count ?? 0;
    if (fate === 'done' && expected && count !== 1)
      wrong.push(`${what} (${JSON.stringify(input)}) left ${count} events ${expected}`);
  }
  return wrong;
}

/** What leaves exactly one event whenever it is done. */
const once: Record<string, string> = { 'ticket.create': 'ticket.created', 'message.post': 'message.posted' };
