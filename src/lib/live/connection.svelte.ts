/* eslint-disable svelte/prefer-svelte-reactivity -- bookkeeping that no template reads */
import { follows, hear, missedSince, positionAt, type Frame, type Position } from '#lib/shared/board.ts';
import type { Answer } from '#lib/shared/errors.ts';
import type { CatchUp, Heartbeat, Presence, Ready } from '#lib/shared/wire.ts';
import { readAnswer } from './http.ts';
import { Line, type StaffSocket } from './line.ts';
import { Unsent, type Call } from './queue.ts';

/** `ended`: the server closed it for good (signed out, deactivated); coming back by itself is of no use. */
export type ConnectionState = 'connecting' | 'catchingUp' | 'live' | 'offline' | 'ended';

/** What the connection keeps up to date. */
export type Follower = {
  cursor(): number;
  apply(frame: Frame): void;
  /** Nothing was missed up to here. */
  reach(seq: number): void;
  /** Frames alone no longer lead on from the cursor: read everything anew. */
  renew(): Promise<void>;
  onlive(): void;
  /** The socket exists and may be listened to. */
  onsocket(socket: StaffSocket): void;
  onready(presence: Presence): void;
};

const answerMs = 10_000;
/** How long a screen that was looked away from may have heard nothing before it asks. */
const silenceMs = 20_000;
/** What comes back to life is asked for an answer sooner: its line may have died unnoticed. */
const wakeMs = 3_000;
/** What still misses something then waits for the next event or heartbeat, or a fault would ask without end. */
const rounds = 5;

/** The socket to the workspace. Says in `state` whether the screen shows the present. */
export class Connection {
  state = $state<ConnectionState>('connecting');
  /** Why the server does not let this page in just now, in its own code. */
  refusedFor = $state<string | null>(null);
  /** The build that the server runs, where this page is of another one. */
  newBuild = $state<string | null>(null);
  #line: Line;
  #follower: Follower;
  #rooms: string[] = [];
  #position: Position = new Map();
  /** Where to catch up from, once something was missed. */
  #missed: number | null = null;
  #build: string | null;
  /** Frames that came while catching up, or that a gap precedes. */
  #held: Frame[] = [];
  #catchingUp = false;
  /** Something was missed while catching up: once more. */
  #again = false;
  #heardAt = Date.now();

  /** `build` is the page's own; null where it has none. */
  constructor(workspace: string, follower: Follower, build: string | null = null) {
    this.#follower = follower;
    this.#build = build;
    this.#line = new Line(workspace, {
      onlost: (code) => {
        this.state = 'offline';
        this.refusedFor = code;
      },
      onreturn: () => (this.state = 'connecting'),
      onend: () => (this.state = 'ended'),
      onwake: () => Date.now() - this.#heardAt > silenceMs && void this.#catchUp(this.#known(), wakeMs),
      onagain: () => void this.#catchUp(this.#known()),
    });
  }

  /** Begins; returns how to end. */
  start(): () => void {
    const { socket } = this.#line;
    socket.on('ready', (ready) => this.#ready(ready));
    socket.on('event', (frame) => this.#hear(frame));
    socket.on('heartbeat', (heartbeat) => this.#beat(heartbeat));
    this.#follower.onsocket(socket);
    return this.#line.start();
  }

  /** Sends a command and waits for its answer. @throws Unsent when the socket cannot */
  async send({ id, name, input }: Call, isFirst: boolean): Promise<Answer> {
    if (!this.isOpen) throw new Unsent('no socket', true);
    try {
      const call = { id, name, input, isFirst };
      return readAnswer(await this.#line.socket.timeout(answerMs).emitWithAck('command', call));
    } catch (error) {
      throw asUnsent(error);
    }
  }

  // Volatile: what nobody saw in time is not worth telling later.

  look(ticket: string | null): void {
    if (this.isOpen) this.#line.socket.volatile.emit('look', { ticket });
  }

  type(ticket: string, where: 'public' | 'internal' | null): void {
    if (this.isOpen) this.#line.socket.volatile.emit('typing', { ticket, where });
  }

  get isOpen(): boolean {
    return this.#line.isOpen;
  }

  #ready({ rooms, build, presence }: Ready): void {
    this.#heardAt = Date.now();
    const known = this.#known();
    this.#rooms = rooms;
    this.#position = positionAt(known, rooms);
    this.newBuild = this.#build === null || this.#build === build ? null : build;
    this.#follower.onready(presence);
    void this.#catchUp(known);
  }

  /** What was heard last in the quietest room is what is surely known of all: also where nothing came but heartbeats. */
  #known(): number {
    return this.#position.size > 0 ? Math.min(...this.#position.values()) : this.#follower.cursor();
  }

  #hear(frame: Frame): void {
    this.#heardAt = Date.now();
    if (this.#catchingUp) {
      this.#held.push(frame);
    } else if (follows(this.#position, frame)) {
      this.#follower.apply(frame);
    } else {
      this.#held.push(frame);
      void this.#catchUp(missedSince(this.#position, frame.prev) ?? this.#known());
    }
  }

  #beat(heartbeat: Heartbeat): void {
    this.#heardAt = Date.now();
    const missed = missedSince(this.#position, { [heartbeat.room]: heartbeat.seq });
    if (missed !== null) void this.#catchUp(missed);
    else if (!this.#catchingUp) hear(this.#position, heartbeat);
  }

  async #catchUp(cursor: number, withinMs = answerMs): Promise<void> {
    this.#missAgain(cursor);
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    try {
      for (let round = 0; this.#again && round < rounds && this.state !== 'ended'; round++) {
        this.state = 'catchingUp';
        this.#again = false;
        this.#take(await this.#ask(this.#missed ?? cursor, withinMs));
      }
      // Unless it was lost meanwhile.
      if (this.state === 'catchingUp') this.#live();
    } catch (error) {
      if (!(error instanceof Unsent)) throw error;
      this.#fallBehind(error);
    } finally {
      this.#catchingUp = false;
    }
  }

  #live(): void {
    this.state = 'live';
    this.#line.settle();
    this.#follower.onlive();
  }

  /** What was missed from the cursor on; where that is too much, everything anew. */
  async #ask(cursor: number, withinMs: number): Promise<Extract<CatchUp, { seq: number }>> {
    const caught = await this.#answerTo(cursor, withinMs);
    if (!('snapshot' in caught)) return caught;
    await this.#follower.renew();
    return { frames: [], seq: this.#follower.cursor() };
  }

  async #answerTo(cursor: number, withinMs: number): Promise<CatchUp> {
    const { socket } = this.#line;
    try {
      return await socket.timeout(withinMs).emitWithAck('catchup', { cursor });
    } catch {
      // Nobody answers on a line that looks open: it is dead, and a new one is quicker than waiting until that is noticed.
      socket.disconnect();
      throw new Unsent('no answer', true);
    }
  }

  #take({ frames, seq }: Extract<CatchUp, { seq: number }>): void {
    for (const frame of frames) this.#follower.apply(frame);
    this.#follower.reach(seq);
    this.#position = positionAt(seq, this.#rooms);
    this.#missed = null;
    const held = this.#held.sort((a, b) => a.seq - b.seq);
    this.#held = [];
    for (const frame of held) {
      const missed = missedSince(this.#position, frame.prev);
      if (missed !== null) this.#missAgain(missed);
      follows(this.#position, frame);
      this.#follower.apply(frame);
    }
  }

  #missAgain(cursor: number): void {
    this.#missed = Math.min(this.#missed ?? cursor, cursor);
    this.#again = true;
  }

  #fallBehind({ isAway }: Unsent): void {
    if (this.state === 'ended') return;
    this.state = isAway ? 'offline' : 'catchingUp';
    this.#line.againSoon();
  }
}

function asUnsent(error: unknown): Unsent {
  return error instanceof Unsent ? error : new Unsent(error instanceof Error ? error.message : 'no answer', true);
}
