import { channel as wakeChannel } from '#server/database/wake.ts';
import { listen } from '#server/database/pool.ts';
import { heads } from '#server/domain/feed.ts';
import { reportUnexpected } from '#server/log.ts';
import { Channel, type Observer } from './channel.ts';
import type { Outlet } from './outlet.ts';

const pollMs = 1_000;
const beatMs = 15_000;
/** Each twentieth beat is for quiet rooms too: what they know stays young, so that they never have much to catch up. */
const beatsPerRound = 20;
/** How long a workspace without viewers is still read: those who come back at once find what they missed. */
const lingerMs = 60_000;

/** Told which workspaces are read. */
export type Follower = { opened(channel: Channel): void; closed(workspaceId: string): void };

export type Held = { channel: Channel; release(): void };

/** The reader of the ledger, one per process: woken by NOTIFY, and a poll each second as a safety net. */
export class Feed {
  readonly #outlets: { staff: Outlet; customers: Outlet };
  readonly #open = new Map<string, { channel: Promise<Channel>; holders: number; emptySince: number }>();
  readonly #ready = new Map<string, Channel>();
  readonly #observers: Observer[] = [];
  readonly #followers: Follower[] = [];
  #timers: NodeJS.Timeout[] = [];
  #polling = false;
  #beats = 0;
  #lastPolled = -Infinity;
  #unlisten: (() => Promise<void>) | undefined;

  constructor(outlets: { staff: Outlet; customers: Outlet }) {
    this.#outlets = outlets;
  }

  observe(observer: Observer): void {
    this.#observers.push(observer);
  }

  follow(follower: Follower): void {
    this.#followers.push(follower);
  }

  async start(): Promise<void> {
    this.#unlisten = await listen(wakeChannel, (workspaceId) => void this.#ready.get(workspaceId)?.read());
    await this.#poll();
    this.#timers = [setInterval(() => void this.#poll(), pollMs), setInterval(() => this.#beat(), beatMs)];
  }

  /** Reads a workspace for as long as somebody holds it. */
  async hold(workspaceId: string): Promise<Held> {
    const entry = this.#open.get(workspaceId) ?? this.#begin(workspaceId);
    entry.holders++;
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      entry.holders--;
      entry.emptySince = performance.now();
    };
    try {
      return { channel: await entry.channel, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** False when the database could not be asked for a while: screens would be stale. */
  isReady(): boolean {
    return performance.now() - this.#lastPolled < 5 * pollMs;
  }

  async stop(): Promise<void> {
    this.#timers.forEach(clearInterval);
    this.#timers = [];
    await this.#unlisten?.();
    await Promise.all([...this.#ready.values()].map((channel) => channel.quiet()));
  }

  #begin(workspaceId: string) {
    const channel = Channel.open({
      workspaceId,
      outlets: this.#outlets,
      observe: (id, row) => this.#observers.forEach((observer) => observer(id, row)),
    });
    const entry = { channel, holders: 0, emptySince: 0 };
    this.#open.set(workspaceId, entry);
    channel.then(
      (opened) => {
        this.#ready.set(workspaceId, opened);
        for (const follower of this.#followers) follower.opened(opened);
      },
      () => this.#open.delete(workspaceId),
    );
    return entry;
  }

  async #poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    try {
      this.#closeIdle();
      const seqs = await heads([...this.#ready.keys()]);
      this.#lastPolled = performance.now();
      for (const [id, channel] of this.#ready) {
        // Who waits for his rights, too: the reading that was to let him in may have failed.
        if ((seqs.get(id) ?? 0) > channel.cursor || channel.seats.areWaiting) void channel.read();
      }
    } catch (error) {
      reportUnexpected(error, { part: 'feed' });
    } finally {
      this.#polling = false;
    }
  }

  #beat(): void {
    this.#beats++;
    for (const [id, channel] of this.#ready) channel.beat({ all: isTurnOf(id, this.#beats) });
  }

  #closeIdle(): void {
    for (const [id, { holders, emptySince }] of this.#open) {
      if (holders > 0 || performance.now() - emptySince < lingerMs) continue;
      this.#open.delete(id);
      if (!this.#ready.delete(id)) continue;
      for (const follower of this.#followers) follower.closed(id);
    }
  }
}

/** Ids are chance, which spreads a process's workspaces evenly over the round: all in one beat would hold everybody up. */
function isTurnOf(workspaceId: string, beat: number): boolean {
  return Number.parseInt(workspaceId.slice(-8), 16) % beatsPerRound === beat % beatsPerRound;
}
