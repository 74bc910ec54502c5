import type { Card } from '#lib/shared/board.ts';
import type { CommandInput } from '#lib/shared/commands.ts';
import { mayClaim, mayHandOver, mayWork, type Viewer } from '#lib/shared/permissions.ts';
import type { Status } from '#lib/shared/ticket.ts';
import type { Guess } from '../live/overlay.ts';
import type { Place } from './columns.ts';

type Names = 'ticket.claim' | 'ticket.assign' | 'ticket.release' | 'ticket.move' | 'ticket.setStatus';
export type Intent = { [N in Names]: { name: N; input: CommandInput<N>; guess: Guess } }[Names];

/** What putting a card somewhere means for this person; null where it means nothing or is not permitted. */
export function intentOf(card: Card, place: Place, viewer: Viewer): Intent | null {
  switch (place.kind) {
    case 'member':
      return place.id === viewer.id ? take(card, viewer) : give(card, { member: place.id, group: null }, viewer);
    case 'group':
      return give(card, { member: null, group: place.id }, viewer);
    case 'pool':
      return place.id === card.pool ? giveBack(card, viewer) : move(card, place.id, viewer);
    case 'nobody':
      return giveBack(card, viewer);
    case 'status':
      return setStatus(card, place.id, viewer);
  }
}

function take(card: Card, viewer: Viewer): Intent | null {
  if (card.member === viewer.id) return null;
  if (!mayClaim(viewer, card)) return give(card, { member: viewer.id, group: null }, viewer);
  return { name: 'ticket.claim', input: { ticket: card.id }, guess: (now) => held(now, viewer.id, null) };
}

function give(card: Card, to: { member: string | null; group: string | null }, viewer: Viewer): Intent | null {
  if (!mayHandOver(viewer, card) || (card.member === to.member && card.group === to.group)) return null;
  return {
    name: 'ticket.assign',
    input: { ticket: card.id, ...to },
    guess: (now) => held(now, to.member, to.group),
  };
}

function giveBack(card: Card, viewer: Viewer): Intent | null {
  if (!mayHandOver(viewer, card) || (card.member === null && card.group === null)) return null;
  return { name: 'ticket.release', input: { ticket: card.id }, guess: (now) => stays(held(now, null, null), viewer) };
}

function move(card: Card, pool: string, viewer: Viewer): Intent | null {
  if (!mayHandOver(viewer, card)) return null;
  return {
    name: 'ticket.move',
    input: { ticket: card.id, pool },
    guess: (now) => stays({ ...held(now, null, null), pool }, viewer),
  };
}

function setStatus(card: Card, status: Status, viewer: Viewer): Intent | null {
  if (card.status === status) return null;
  if (status === 'open' && card.member !== null) return giveBack(card, viewer);
  // Nobody's ticket cannot be assigned: that needs a person, not a status.
  if (!mayWork(viewer, card) || (status === 'assigned' && card.member === null)) return null;
  return { name: 'ticket.setStatus', input: { ticket: card.id, status }, guess: (now) => ({ ...now, status }) };
}

/** As private.guard_ticket keeps status and responsibility in step. */
function held(card: Card, member: string | null, group: string | null): Card {
  const isWorked = card.member !== null && (card.status === 'assigned' || card.status === 'in_progress');
  const status =
    member !== null ? (card.status === 'open' ? 'assigned' : card.status) : isWorked ? 'open' : card.status;
  return { ...card, member, group, status };
}

/** Whoever neither looks into the pool nor takes part loses sight of it. */
function stays(card: Card, viewer: Viewer): Card | null {
  return viewer.pools.has(card.pool) || card.owners.includes(viewer.id) ? card : null;
}
