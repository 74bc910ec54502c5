import { getContext, setContext } from 'svelte';
import type { CommandInput, CommandName } from '#lib/shared/commands.ts';
import { apply, type Frame, type Snapshot } from '#lib/shared/board.ts';
import type { Answer } from '#lib/shared/errors.ts';
import { viewerOf } from '#lib/shared/permissions.ts';
import type { Role } from '#lib/shared/ticket.ts';
import { setClock } from '#lib/ui/clock.ts';
import { LiveBoard } from './board.svelte.ts';
import { CommandQueue, ticketOf, type SendOptions } from './commands.svelte.ts';
import { Connection, type Follower } from './connection.svelte.ts';
import { fetchBeside, post } from './http.ts';
import { Listeners } from './listeners.ts';
import { readWhole } from './parts.ts';
import { Presence } from './presence.svelte.ts';
import { Shelf, Unsent, type Call } from './queue.ts';
import { Renewal } from './renewal.ts';
import { Rest } from './rest.svelte.ts';

export type Me = { id: string; name: string; role: Role };
/** For each colleague, who may be told the same now: a server reads some hundred boards a second. */
const spreadMs = 5;

/** A workspace, live in this browser: what is known, who is there, what is on its way. */
export class Live {
  readonly workspace: string;
  readonly me: Me;
  readonly board = new LiveBoard();
  readonly presence: Presence;
  readonly connection: Connection;
  readonly commands: CommandQueue;
  /** The cards that a page left out. */
  readonly rest: Rest;
  /** What the server says of itself: a code of faults.ts. */
  trouble = $state<string | null>(null);
  readonly viewer = $derived.by(() => viewerOf(this.me, this.board.pools, this.board.groups));
  #listeners = new Listeners();
  readonly onTicket = this.#listeners.onTicket;
  readonly onMove = this.#listeners.onMove;
  readonly onEvent = this.#listeners.onEvent;
  readonly onNews = this.#listeners.onNews;
  readonly onRefusal = this.#listeners.onRefusal;
  #renewal = new Renewal({ read: () => this.#read() });
  #beside = new Renewal({ read: () => this.#readBeside() });
  /** Frames since a renewal began: the snapshot may be older than they are. */
  #since: Frame[] = [];

  /** `build` is the page's own, to notice a newer one of the server's; null where there is none. */
  constructor(workspace: string, me: Me, build: string | null = null) {
    this.workspace = workspace;
    this.me = me;
    this.presence = new Presence(me.id);
    this.rest = new Rest(workspace, this.board);
    const follower: Follower = {
      cursor: () => this.board.cursor,
      apply: (frame) => this.#apply(frame),
      reach: (seq) => this.board.reach(seq),
      renew: () => this.renew(),
      onlive: () => {
        this.commands.retry();
        this.rest.load();
        this.#renewal.retry();
        this.#beside.retry();
      },
      onsocket: (socket) => {
        this.presence.listen(socket);
        socket.on('trouble', ({ code }) => this.#heal(code));
        socket.on('ready', ({ now, id }) => {
          setClock(now);
          if (id === me.id) return;
          // Somebody else signed in here: nothing of this page is his.
          socket.disconnect();
          location.reload();
        });
        // Of a line that is cut nobody knows how it fares behind.
        socket.on('disconnect', () => (this.trouble = null));
      },
      onready: (presence) => this.presence.begin(presence),
    };
    this.connection = new Connection(workspace, follower, build);
    const storage = typeof localStorage === 'undefined' ? undefined : localStorage;
    this.commands = new CommandQueue(
      { transport: (call, isFirst) => this.#carry(call, isFirst), shelf: new Shelf(`${workspace}:${me.id}`, storage) },
      {
        onguess: (command, ticket, guess) => {
          this.#listeners.moves(ticket);
          this.board.guess(command, ticket, guess);
        },
        onsettled: (call, seq) => this.#settled(call, seq),
        onrefused: (call, refusal) => this.#listeners.refused(call, refusal),
      },
    );
  }

  /** Connects and sends what was left unsent; returns how to end. Only in a browser. */
  start(): () => void {
    const stop = this.connection.start();
    const ask = (event: BeforeUnloadEvent) => this.commands.isBusy && event.preventDefault();
    const online = () => this.commands.retry();
    window.addEventListener('beforeunload', ask);
    window.addEventListener('online', online);
    this.commands.resume();
    return () => {
      window.removeEventListener('beforeunload', ask);
      window.removeEventListener('online', online);
      this.presence.clear();
      stop();
    };
  }

  send<N extends CommandName>(name: N, input: CommandInput<N>, options?: SendOptions): Promise<Answer> {
    return this.commands.send(name, input, options);
  }

  begin(snapshot: Snapshot, options?: { whole: boolean }): void {
    this.board.begin(snapshot, options);
  }

  /** Reads the board anew. @throws Unsent when the server is away */
  renew(): Promise<void> {
    return this.#renewal.now();
  }

  /** The server works again: what it could not take is sent. */
  #heal(trouble: string | null): void {
    this.trouble = trouble;
    if (!trouble) this.commands.retry();
  }

  async #read(): Promise<number> {
    this.#since = [];
    const { board, beside } = await readWhole(this.workspace);
    for (const frame of this.#since) apply(board, frame);
    this.board.renew(board, beside);
    this.#listeners.renewed();
    return board.since;
  }

  async #readBeside(): Promise<number> {
    const beside = await fetchBeside(this.workspace);
    this.board.stand(beside);
    return beside.seq;
  }

  #apply(frame: Frame): void {
    if (frame.ticket) this.#happens(frame, frame.ticket);
    else this.#listeners.news(frame);
    if (this.#renewal.isRunning) this.#since.push(frame);
    this.board.apply(frame);
    if (frame.ticket) this.#listeners.changed(frame, frame.ticket);
    this.#renewalAfter(frame)?.want(frame.seq, this.board.people.length * spreadMs);
  }

  async #carry(call: Call, isFirst: boolean): Promise<Answer> {
    if (this.connection.isOpen) {
      try {
        return await this.connection.send(call, isFirst);
      } catch (error) {
        if (!(error instanceof Unsent)) throw error;
      }
    }
    return post(this.workspace, call);
  }

  /** Pools, people, groups and rights stand beside the cards: an event about them says that, not what. */
  #renewalAfter({ type }: Frame): Renewal | null {
    if (type === 'access.changed') return this.#renewal;
    return /^(pool|group|member)\./.test(type) ? this.#beside : null;
  }

  #happens(frame: Frame, ticket: string): void {
    this.#listeners.moves(ticket);
    // What comes a second time is no news.
    if (frame.seq <= this.board.cursor) return;
    const before = this.board.card(ticket);
    this.#listeners.happens(frame, before);
  }

  #settled({ id, input }: Call, seq: number | null): void {
    const ticket = ticketOf(input);
    if (seq === null && ticket) this.#listeners.moves(ticket);
    this.board.settle(id, seq);
    // Without a socket nobody tells what came of it.
    if (seq !== null && seq > this.board.cursor && !this.connection.isOpen) this.#renewal.want(seq, 0);
  }
}

const key = Symbol('live');

/** Makes the workspace live for everything below. The layout calls it once; what is below asks `getLive()`. */
export function provideLive(workspace: string, me: Me, build: string | null): Live {
  return setContext(key, new Live(workspace, me, build));
}

/** The nearest Live, or undefined outside of a workspace. */
export function findLive(): Live | undefined {
  return getContext<Live | undefined>(key);
}

export function getLive(): Live {
  const live = findLive();
  if (!live) throw new Error('There is no live workspace above this component');
  return live;
}
