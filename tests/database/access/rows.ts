import type { Sql } from '#server/database/pool.ts';
import type { Operation } from './document.ts';
import { states, type State, type World } from './world.ts';

type Row = {
  name: string;
  /** Null: the installation's. */
  workspaceId: string | null;
  /** Of its ticket. */
  state?: State;
  /** The actors that it names as its author, or that it is about. */
  own?: string[];
  /** The further words of docs/access.md that hold for it. */
  words?: string[] | ((actor: string) => string[]);
  /** What a trigger, or another row, forbids even those who have the right. */
  never?: Operation[];
};

/** A row that is there, and how to find it by columns that everybody may read who may read the row. */
export type Existing = Row & { where: Record<string, unknown> };

/** A row that somebody tries to write. */
export type Attempt = Row & { values: Record<string, unknown> };

export type Fixture = {
  rows: Existing[];
  attempts: (actor: string) => Attempt[];
  /** What an update sets. */
  set: string;
};

export type Fixtures = Record<string, Fixture>;

/** Rows are planted as they are: without triggers, by the owner. */
export async function plant<T>(owner: Sql, work: (sql: Sql) => Promise<T>): Promise<T> {
  return owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    return work(sql as unknown as Sql);
  }) as Promise<T>;
}

export function workspaceOf(world: World, state: State): string {
  return state === 'foreign' ? world.foreign.workspaceId : world.cast.workspaceId;
}

export type Place = { state: State; ticketId: string; workspaceId: string; member: string; contact: string };

/** Every ticket, with somebody of its workspace whom no right hangs on: a moderator, and the requester. */
export function places(world: World): Place[] {
  return states.map((state) => ({
    state,
    ticketId: world.tickets[state],
    workspaceId: workspaceOf(world, state),
    member: state === 'foreign' ? world.foreign.member : world.cast.mona.memberId,
    contact: state === 'foreign' ? world.foreign.contact : world.cast.weber,
  }));
}

/** Both workspaces. */
export function homes(world: World) {
  return [
    { name: 'ours', workspaceId: world.cast.workspaceId, member: world.cast.mona.memberId, pool: world.cast.heating },
    { name: 'foreign', workspaceId: world.foreign.workspaceId, member: world.foreign.member, pool: world.foreign.pool },
  ];
}

/** The actors who are the moderator of `places`, for `own`. */
export function isMember(place: { workspaceId: string }, world: World): string[] {
  return place.workspaceId === world.foreign.workspaceId ? ['administrator of another workspace'] : ['moderator'];
}

/** Tried in the actor's own name, and in another's. */
export function authors(world: World, actor: string, other: string) {
  const self = world.members.get(actor);
  return [...(self ? [{ memberId: self, own: [actor] }] : []), { memberId: other, own: other === self ? [actor] : [] }];
}
