/* eslint-disable svelte/prefer-svelte-reactivity -- bookkeeping that no template reads */
import { io, type Socket } from 'socket.io-client';
import { follows, hear, missedSince, positionAt, type Frame, type Position } from '#lib/shared/board.ts';
import type { Answer } from '#lib/shared/errors.ts';
import type { CatchUp, Heartbeat, Presence, Ready, StaffCalls, StaffEvents } from '#lib/shared/wire.ts';
import { readAnswer } from './http.ts';
import { Unsent, type Call } from './queue.ts';

/** `ended`: the server closed it for good (signed out, deactivated); coming back by itself is of no use. */
export type ConnectionState = 'connecting' | 'catchingUp' | 'live' | 'offline' | 'ended';
export type StaffSocket = Socket<StaffEvents, StaffCalls>;

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
const silenceMs = 45_000;
const again = { least: 500, most: 15_000 };

/** The socket to the workspace. Says in `state` whether the screen shows the present. */
export class Connection {
  state = $state<ConnectionState>('connecting');
  /** The server runs a newer build than this page. */
  isOutdated = $state(false);
  #socket: StaffSocket;
  #follower: Follower;
  #rooms: string[] = [];
  #position: Position = new Map();
  /** Where to catch up from, once something was missed. */
  #missed: number | null = null;
  #build: string | undefined;
  /** Frames that came while catching up, or that a gap precedes. */
  #held: Frame[] = [];
  #catchingUp = false;
  #heardAt = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(workspace: string, follower: Follower) {
    this.#follower = follower;
    this.#socket = io({
      auth: { workspace },
      autoConnect: false,
      reconnectionDelay: again.least,
      reconnectionDelayMax: again.most,
      // Five thousand screens must not come back in the same second.
      randomizationFactor: 0.5,
      transports: ['websocket', 'polling'],
    });
  }

  /** Begins; returns how to end. */
  start(): () => void {
    const socket = this.#socket;
    socket.on('ready', (ready) => this.#ready(ready));
    socket.on('event', (frame) => this.#hear(frame));
    socket.on('heartbeat', (heartbeat) => this.#beat(heartbeat));
    socket.on('ended', () => this.#end());
    socket.on('disconnect', (reason) => this.#lost(reason));
    socket.on('connect_error', ({ message }) => this.#failed(message));
    this.#follower.onsocket(socket);
    const woke = () => document.visibilityState === 'visible' && this.#wake();
    const off = () => (this.state = 'offline');
    const on = () => socket.connected || socket.connect();
    document.addEventListener('visibilitychange', woke);
    window.addEventListener('offline', off);
    window.addEventListener('online', on);
    socket.connect();
    return () => {
      clearTimeout(this.#timer);
      document.removeEventListener('visibilitychange', woke);
      window.removeEventListener('offline', off);
      window.removeEventListener('online', on);
      socket.removeAllListeners();
      socket.disconnect();
    };
  }

  /** Sends a command and waits for its answer. @throws Unsent when the socket cannot */
  async send({ id, name, input }: Call): Promise<Answer> {
    if (!this.#socket.connected) throw new Unsent('no socket', true);
    try {
      return readAnswer(await this.#socket.timeout(answerMs).emitWithAck('command', { id, name, input }));
    } catch (error) {
      throw asUnsent(error);
    }
  }

  // Volatile: what nobody saw in time is not worth telling later.

  look(ticket: string | null): void {
    if (this.#socket.connected) this.#socket.volatile.emit('look', { ticket });
  }

  type(ticket: string, where: 'public' | 'internal' | null): void {
    if (this.#socket.connected) this.#socket.volatile.emit('typing', { ticket, where });
  }

  get isOpen(): boolean {
    return this.#socket.connected;
  }

  #ready({ rooms, build, presence }: Ready): void {
    this.#heardAt = Date.now();
    const known = this.#known();
    this.#rooms = rooms;
    this.#position = positionAt(known, rooms);
    this.isOutdated = this.#build !== undefined && this.#build !== build;
    this.#build ??= build;
    this.#follower.onready(presence);
    void this.#catchUp(known);
  }

  #fallBehind(cause: Unsent): void {
    if (this.state === 'ended') return;
    this.state = cause.isAway ? 'offline' : 'catchingUp';
    this.#againSoon();
  }

  /** What was heard last in the quietest room is what is surely known of all. */
  #known(): number {
    return Math.min(this.#follower.cursor(), ...this.#position.values());
  }

  #hear(frame: Frame): void {
    this.#heardAt = Date.now();
    if (this.#catchingUp) {
      this.#held.push(frame);
    } else if (follows(this.#position, frame)) {
      this.#follower.apply(frame);
    } else {
      this.#held.push(frame);
      void this.#catchUp(missedSince(this.#position, frame.prev) ?? this.#follower.cursor());
    }
  }

  #beat(heartbeat: Heartbeat): void {
    this.#heardAt = Date.now();
    const missed = missedSince(this.#position, { [heartbeat.room]: heartbeat.seq });
    if (missed !== null) void this.#catchUp(missed);
    else if (!this.#catchingUp) hear(this.#position, heartbeat);
  }

  async #catchUp(cursor: number): Promise<void> {
    this.#missed = Math.min(this.#missed ?? cursor, cursor);
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    this.state = 'catchingUp';
    try {
      const caught = await this.#socket.timeout(answerMs).emitWithAck('catchup', { cursor: this.#missed });
      await this.#take(caught);
      this.#catchingUp = false;
      this.state = 'live';
      this.#follower.onlive();
    } catch (error) {
      this.#catchingUp = false;
      this.#fallBehind(asUnsent(error));
    }
  }

  async #take(caught: CatchUp): Promise<void> {
    if ('snapshot' in caught) {
      await this.#follower.renew();
      this.#position = positionAt(this.#follower.cursor(), this.#rooms);
    } else {
      for (const frame of caught.frames) this.#follower.apply(frame);
      this.#follower.reach(caught.seq);
      this.#position = positionAt(caught.seq, this.#rooms);
    }
    this.#missed = null;
    const held = this.#held.sort((a, b) => a.seq - b.seq);
    this.#held = [];
    for (const frame of held) {
      follows(this.#position, frame);
      this.#follower.apply(frame);
    }
  }

  #end(): void {
    this.state = 'ended';
    this.#socket.disconnect();
  }

  #lost(reason: string): void {
    if (this.state === 'ended') return;
    this.state = 'offline';
    // The server closed it, which socket.io takes as final: rights changed, or it restarts. We come back and are checked again.
    if (reason === 'io server disconnect') this.#againSoon();
  }

  #failed(code: string): void {
    if (code === 'workspace.notFound') return this.#end();
    this.state = 'offline';
    if (code === 'signIn.needed') void this.#renewSession();
    else if (!this.#socket.active) this.#againSoon();
  }

  /** The access token ran out while the socket was away: any request renews the cookies, as long as the session lives. */
  async #renewSession(): Promise<void> {
    try {
      const { status } = await fetch('/login/session', { signal: AbortSignal.timeout(answerMs) });
      if (status === 401) return this.#end();
    } catch {
      // Offline, or the server restarts: it is asked again with the next attempt.
    }
    this.#againSoon();
  }

  #againSoon(): void {
    clearTimeout(this.#timer);
    const wait = again.least + Math.random() * 3_000;
    this.#timer = setTimeout(
      () => (this.#socket.connected ? void this.#catchUp(this.#known()) : this.#socket.connect()),
      wait,
    );
  }

  /** A sleeping tab's socket may look open and be dead. */
  #wake(): void {
    if (!this.#socket.connected) this.#socket.connect();
    else if (Date.now() - this.#heardAt > silenceMs) void this.#catchUp(this.#known());
  }
}

function asUnsent(error: unknown): Unsent {
  return error instanceof Unsent ? error : new Unsent(error instanceof Error ? error.message : 'no answer', true);
}
