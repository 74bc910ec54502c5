import type { Card, Group, Person, Pool, Snapshot } from '#lib/shared/board.ts';
import { viewerOf } from '#lib/shared/permissions.ts';
import type { Role } from '#lib/shared/ticket.ts';

/** A board without a database: the same cast as cast.ts, ids are their names. */

const noon = '2026-11-16T12:00:00.000Z';

export function cardOf(number: number, change: Partial<Card> = {}): Card {
  return {
    id: `ticket-${number}`,
    number,
    pool: 'heating',
    status: change.member ? 'assigned' : 'open',
    visibility: 'public',
    priority: 'normal',
    channel: 'mail',
    tags: [],
    requester: 'weber',
    member: null,
    group: null,
    owners: [],
    due: null,
    deferred: null,
    created: new Date(Date.parse(noon) + number * 60_000).toISOString(),
    waiting: null,
    lastCustomer: null,
    lastMessage: null,
    subject: `Ticket ${number}`,
    customer: 'Petra Weber',
    ...change,
  };
}

function poolOf(id: string, change: Partial<Pool> = {}): Pool {
  return {
    id,
    parent: null,
    name: id,
    position: id,
    isArchived: false,
    isMine: true,
    claimBeforeWork: true,
    ...change,
  };
}

export const pools: Pool[] = [
  poolOf('heating'),
  poolOf('lift'),
  poolOf('it', { isMine: false }),
  poolOf('radiators', { parent: 'heating' }),
  poolOf('attic', { isArchived: true }),
];

export const people: Person[] = (['ada', 'ben', 'cleo', 'mona', 'otto'] as const).map((id) => ({
  id,
  name: id,
  role: id === 'mona' ? 'moderator' : id === 'ada' ? 'administrator' : 'member',
  isActive: id !== 'otto',
}));

export const groups: Group[] = [
  { id: 'caretakers', name: 'Hausmeister', members: ['ben', 'cleo'] },
  { id: 'office', name: 'Mietverwaltung', members: ['ada'] },
];

export function viewer(id: string, role: Role = 'member') {
  return viewerOf({ id, role }, pools, groups);
}

export function snapshotOf(cards: Card[], seq = 10): Snapshot {
  return { seq, cards, reads: [], pools, people, groups };
}
