import { databaseConnections } from '#server/config-schema.ts';
import { Chance } from '../support/chance.ts';
import { Clockwork } from './clockwork.ts';
import { mailDatabaseMs, type Constants } from './constants.ts';
import { Histogram } from './histogram.ts';
import { redisMs, visitsMs } from './presence.ts';
import { seatsOf, type Scenario } from './scenario.ts';
import { Gate, Station } from './station.ts';

/** One process of Node: a thread, its connections, and what it says to its sockets. */
type Process = { thread: Station; connections: Gate };

/** One workspace in one process: its channel of server/realtime. */
type Channel = { process: Process; viewers: number; cursor: number; isReading: boolean; again: boolean; next: number };

type Event = { sentAt: number; committedAt: number; deliveries: number; lastAt: number };

/** One workspace: its counter's lock, its ledger in order of commit, and those who read it. */
type Workspace = { counter: Station; events: Event[]; channels: Channel[]; viewers: number };

/** The running desk of one scenario: the same stages as server/execute.ts and server/realtime, with what each costs. */
export class Desk {
  readonly clock = new Clockwork();
  readonly chance: Chance;
  readonly processes: Process[];
  readonly database: Station;
  readonly redis: Station;
  readonly workspaces: Workspace[];
  /** From the commit to the write on a socket. */
  readonly server = new Histogram();
  /** From the click to everybody's browser. */
  readonly end = new Histogram();
  /** The same to the last of all viewers, as the benchmark measures it. */
  readonly last = { server: new Histogram(), end: new Histogram() };
  sentBytes = 0;
  /** Presence, which is no event: written, never counted upon. */
  signs = 0;
  readonly #scenario: Scenario;
  readonly #costs: Constants;
  readonly #spread: number;

  constructor(scenario: Scenario, costs: Constants) {
    this.#scenario = scenario;
    this.#costs = costs;
    this.chance = new Chance(scenario.seed);
    // Work takes now longer, now shorter: as much as Socket.io alone on the benchmark's machine.
    this.#spread = Math.log(Math.max(1, costs.bareP99Ms / costs.bareP50Ms)) / 2.326;
    const { clock } = this;
    this.database = new Station(clock, scenario.databaseCores);
    this.redis = new Station(clock);
    this.processes = Array.from({ length: scenario.processes }, () => ({
      thread: new Station(clock),
      connections: new Gate(databaseConnections),
    }));
    this.workspaces = seatsOf(scenario).map((seats) => {
      const channels = [...seats].map(([index, viewers]) => this.#channel(index, viewers));
      const viewers = channels.reduce((sum, channel) => sum + channel.viewers, 0);
      return { counter: new Station(clock), events: [], channels, viewers };
    });
  }

  #channel(index: number, viewers: number): Channel {
    const process = this.processes[index];
    if (!process) throw new Error(`There is no process ${index}`);
    return { process, viewers, cursor: 0, isReading: false, again: false, next: 0 };
  }

  /** Log-normal around this mean, so that many jobs together take their number times the mean. */
  #takes(ms: number): number {
    const [one, other] = [Math.max(this.chance.next(), 1e-12), this.chance.next()];
    const normal = Math.sqrt(-2 * Math.log(one)) * Math.cos(2 * Math.PI * other);
    return ms * Math.exp(this.#spread * normal - this.#spread ** 2 / 2);
  }

  /** Somebody acts: his process, the database, the workspace's counter; then all who hold the workspace are woken. */
  command(workspace: Workspace): void {
    const { inside, outside } = this.#scenario.wayMs;
    const { process } = this.#someoneIn(workspace);
    const sentAt = this.clock.now;
    this.clock.after(outside, () =>
      process.thread.serve(this.#takes(this.#costs.commandMs), () =>
        process.connections.enter((leave) =>
          this.clock.after(inside, () =>
            this.#write(workspace, { sentAt, ms: this.#costs.databaseMs, done: () => this.clock.after(inside, leave) }),
          ),
        ),
      ),
    );
  }

  /**
   * A customer's mail: filed by a process of its own, which has nothing to do with who looks on, in many small transactions
   * of which the last leaves the event.
   */
  mail(workspace: Workspace): void {
    const sentAt = this.clock.now;
    const { databaseMs } = this.#costs;
    const step = (left: number) => {
      if (left <= databaseMs) return this.#write(workspace, { sentAt, ms: left, done: () => undefined });
      this.database.serve(this.#takes(databaseMs), () => step(left - databaseMs));
    };
    step(mailDatabaseMs(this.#costs));
  }

  #write(workspace: Workspace, { sentAt, ms, done }: { sentAt: number; ms: number; done: () => void }): void {
    this.database.serve(this.#takes(ms), () =>
      workspace.counter.serve(this.#takes(this.#costs.counterMs), (committedAt) => {
        workspace.events.push({ sentAt, committedAt, deliveries: 0, lastAt: 0 });
        done();
        for (const channel of workspace.channels) {
          this.clock.after(2 * this.#scenario.wayMs.inside, () => this.#wake(workspace, channel));
        }
      }),
    );
  }

  #someoneIn(workspace: Workspace): Channel {
    let place = this.chance.below(workspace.viewers);
    for (const channel of workspace.channels) {
      if (place < channel.viewers) return channel;
      place -= channel.viewers;
    }
    throw new Error('Nobody is in this workspace');
  }

  #wake(workspace: Workspace, channel: Channel): void {
    channel.again = true;
    if (!channel.isReading) this.#read(workspace, channel);
  }

  /** One reading of the ledger; wake-ups that come meanwhile are answered by one more. */
  #read(workspace: Workspace, channel: Channel): void {
    channel.isReading = true;
    channel.again = false;
    channel.process.connections.enter((leave) =>
      this.clock.after(this.#scenario.wayMs.inside, () =>
        this.database.serve(this.#takes(this.#costs.readMs), () => {
          // What was committed before the statement ended; all of it, in order.
          const head = workspace.events.length;
          this.clock.after(this.#scenario.wayMs.inside, leave);
          this.clock.after(this.#scenario.wayMs.inside, () => this.#tell(workspace, channel, head));
        }),
      ),
    );
  }

  #tell(workspace: Workspace, channel: Channel, head: number): void {
    for (; channel.cursor < head; channel.cursor++) {
      const event = workspace.events[channel.cursor];
      if (event) this.#emit(workspace, channel, event);
    }
    // The thread comes to the next reading once everything is written.
    channel.process.thread.serve(0, () => {
      channel.isReading = false;
      if (channel.again) this.#read(workspace, channel);
    });
  }

  /** Encoded once, then one write for each socket, one after the other. */
  #emit(workspace: Workspace, { process, viewers }: Channel, event: Event): void {
    const { outside } = this.#scenario.wayMs;
    const [encoding, each] = [this.#takes(this.#costs.eventUs / 1_000), this.#takes(this.#costs.deliveryUs / 1_000)];
    const first = process.thread.serve(encoding + each * viewers) + encoding + each;
    const last = first + each * (viewers - 1);
    this.server.addRamp(first - event.committedAt, each, viewers);
    this.end.addRamp(first - event.sentAt + outside, each, viewers);
    event.deliveries += viewers;
    event.lastAt = Math.max(event.lastAt, last);
    this.sentBytes += viewers * this.#costs.frameBytes;
    if (event.deliveries !== workspace.viewers) return;
    this.last.server.add(event.lastAt - event.committedAt);
    this.last.end.add(event.lastAt - event.sentAt + outside);
  }

  /** Somebody opens or leaves a ticket: one small transaction, told through Redis to those who hold the workspace, by them to his colleagues. */
  look(workspace: Workspace): void {
    const { process } = this.#someoneIn(workspace);
    const { readMs, deliveryUs } = this.#costs;
    const { inside } = this.#scenario.wayMs;
    process.connections.enter((leave) =>
      this.database.serve(this.#takes(readMs), () => this.clock.after(inside, leave)),
    );
    this.#say(workspace, { from: process, visits: 1 }, () => {
      for (const { process: holder, viewers } of workspace.channels) {
        holder.thread.serve(this.#takes((deliveryUs / 1_000) * viewers));
        this.signs += viewers;
      }
    });
  }

  /** Each process says again and again who is with it. */
  beat(workspace: Workspace): void {
    for (const { process, viewers } of workspace.channels) {
      this.#say(workspace, { from: process, visits: viewers }, () => undefined);
    }
  }

  /** With one process there is nobody to tell. */
  #say({ channels }: Workspace, { from, visits }: { from: Process; visits: number }, heard: () => void): void {
    if (this.processes.length === 1) return heard();
    from.thread.serve(this.#takes(visitsMs(this.#costs, visits)));
    this.redis.serve(this.#takes(redisMs(this.#costs, channels.length)), () => {
      for (const { process } of channels) {
        if (process !== from) process.thread.serve(this.#takes(visitsMs(this.#costs, visits)));
      }
      heard();
    });
  }
}
