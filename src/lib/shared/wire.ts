import type { Frame } from './board.ts';
import type { Answer } from './errors.ts';
import type { Trouble } from './faults.ts';

// What travels between a page and server/realtime over Socket.io. Staff use the namespace `/`, customers `/t`; notes have a
// WebSocket of their own.

/**
 * After joining, and again after each change of rights. Frames later than `seq` follow by themselves; for what lies between the
 * page's snapshot and it, ask `catchup`.
 */
export type Ready = {
  seq: number;
  /** The server's clock in milliseconds: ages on screen must not depend on a wrong one. */
  now: number;
  /** Staff: whose events this socket is sent. Customers: the one of their ticket. */
  rooms: string[];
  /** SvelteKit's version of the web app that the server serves: another one than the page's means that it is outdated. */
  build: string;
  /** Who this is: a member's id, or for customers the link's. */
  id: string;
  /** Staff: who else is there now. */
  presence: Presence;
};

/** Frames in order, up to `seq`; what comes by itself afterwards follows on it. Too much was missed: load the page's data anew. */
export type CatchUp = { frames: Frame[]; seq: number } | { snapshot: true };

/** Ids of members; of nobody where they are too many to be named. Who looks and who types is told all the same. */
export type People = { isCrowd?: boolean; online: string[] };

export type Online = { member: string; isOnline: boolean };

export type Presence = People & {
  /** False while the processes of the server cannot hear each other: nothing is known of anybody then. */
  isAvailable: boolean;
  looks: Looks[];
  types: Types[];
};

/** All members who have this ticket open now, whole at each change. */
export type Looks = { ticket: string; members: string[] };

/** Somebody types, or stopped (`where` null). Forget it after `typingMs` when no further word comes. */
export type Types = { ticket: string; member: string | null; where: 'public' | 'internal' | null };

/** Send `typing` again at half of this while it goes on. */
export const typingMs = 6_000;

/**
 * The last seq in a room: whoever has heard less there missed something; whoever has not, knows all of the room up to `upTo`.
 * Comes soon after an event, and from a quiet room now and then.
 */
export type Heartbeat = { room: string; seq: number; upTo: number };

/** Why the server ended it: session.ended, member.deactivated, link.ended. The client does not come back by itself. */
export type Ended = { code: string };

export type Call = {
  id: string;
  name: string;
  input: unknown;
  /** No other attempt of it can be under way, so that nobody has to remember a refusal. */
  isFirst?: boolean;
};

export type StaffEvents = {
  ready(ready: Ready): void;
  event(frame: Frame): void;
  heartbeat(heartbeat: Heartbeat): void;
  /** Presence went, or came back: all of it anew. */
  presence(presence: Presence): void;
  /** In this order; several where they came close together. */
  online(...changes: Online[]): void;
  /** They became too many to be named, or few enough again: all who are there. */
  people(people: People): void;
  looks(looks: Looks): void;
  /** `member` is null when the customer types. */
  typing(types: Types): void;
  ended(ended: Ended): void;
  /** What keeps this server from working just now, or null when it works again. */
  trouble(trouble: Trouble): void;
};

export type StaffCalls = {
  /** An unexpected error is answered as `unexpected` with its `id` in the detail. */
  command(call: Call, answer: (answer: Answer) => void): void;
  catchup(from: { cursor: number }, answer: (caughtUp: CatchUp) => void): void;
  /** Which ticket lies open; null for none. */
  look(look: { ticket: string | null }): void;
  typing(types: { ticket: string; where: 'public' | 'internal' | null }): void;
};

export type CustomerEvents = Pick<StaffEvents, 'ready' | 'event' | 'heartbeat' | 'ended' | 'trouble'> & {
  /** The team writes an answer; never who. */
  typing(types: { isTyping: boolean }): void;
};

/** Customers may call message.post, message.edit and message.withdraw. */
export type CustomerCalls = Pick<StaffCalls, 'command' | 'catchup'> & {
  typing(types: { isTyping: boolean }): void;
};

/** Codes of a refused handshake (`connect_error.message`), beside those of faults.ts. The first: GET /login/session, and again if it answers 204. The next two: never again. */
export const refusals = ['signIn.needed', 'workspace.notFound', 'link.invalid', 'too.many', 'unexpected'] as const;

/**
 * WebSocket `/notes/<workspace slug>/<ticket id>/<generation>`, the protocol of y-websocket. Closed for good (its client says
 * `closed`) with 4401 without a session (as above: /login/session, then connect again), 4403 when the right to see ends,
 * 4410 for an old generation, 4413 and 4429 for too much. A reader is told by an auth message (`messageHandlers[2]`), and his
 * edits are dropped; who may write from now on is made to connect again.
 */
export const notesPath = '/notes';
