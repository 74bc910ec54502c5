import type { Card, Group, Pool } from './board.ts';
import { isEnded, type Role } from './ticket.ts';

// For showing only: what is not permitted is not offered. The database decides (supabase/migrations, …_ticket_rights.sql
// and …_ticket_verbs.sql); whatever slips through here is refused there.

/** Whose screen it is. */
export type Viewer = {
  id: string;
  role: Role;
  groups: ReadonlySet<string>;
  /** The pools he may look into and claim from. */
  pools: ReadonlySet<string>;
  /** Those of them where everybody with access works without a claim. */
  openPools: ReadonlySet<string>;
};

export function viewerOf(member: { id: string; role: Role }, pools: readonly Pool[], groups: readonly Group[]): Viewer {
  const mine = pools.filter((pool) => pool.isMine);
  return {
    id: member.id,
    role: member.role,
    groups: new Set(groups.filter((group) => group.members.includes(member.id)).map((group) => group.id)),
    pools: new Set(mine.map((pool) => pool.id)),
    openPools: new Set(mine.filter((pool) => !pool.claimBeforeWork).map((pool) => pool.id)),
  };
}

function moderates(viewer: Viewer): boolean {
  return viewer.role !== 'member';
}

/** private.claim */
export function mayClaim(viewer: Viewer, card: Card): boolean {
  if (card.member !== null || isEnded(card.status)) return false;
  return viewer.pools.has(card.pool) || isInGroup(viewer, card);
}

/** private.may_hand_over: assign, move, give back. */
export function mayHandOver(viewer: Viewer, card: Card): boolean {
  if (isEnded(card.status)) return false;
  return moderates(viewer) || card.member === viewer.id || isInGroup(viewer, card);
}

/** private.may_work. A card does not tell supporters from its creator, so the creator may be offered what is refused later. */
export function mayWork(viewer: Viewer, card: Card): boolean {
  return mayHandOver(viewer, card) || card.owners.includes(viewer.id) || viewer.openPools.has(card.pool);
}

function isInGroup(viewer: Viewer, card: Card): boolean {
  return card.group !== null && viewer.groups.has(card.group);
}
