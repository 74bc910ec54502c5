import { expect } from 'vitest';
import type { Frame } from '#lib/shared/board.ts';
import type { Heartbeat } from '#lib/shared/wire.ts';
import type { Outlet } from '#server/realtime/outlet.ts';
import { Seat } from '#server/realtime/seat.ts';
import type { Member } from './cast.ts';

/* The feed without sockets: what goes out, and who waits to be let in. */

type Sent = { frame: Frame; rooms: readonly string[]; except: readonly string[] };

/** Hears what goes out, for rooms in which somebody is said to be. */
export class Ear implements Outlet {
  readonly sent: Sent[] = [];
  readonly beats: Heartbeat[] = [];
  #there: ReadonlySet<string>;

  constructor(there: string[]) {
    this.#there = new Set(there);
  }

  /** From now on, exactly where this one may be. */
  follow(rooms: ReadonlySet<string>): void {
    this.#there = rooms;
  }

  hasAnyone(_: string, rooms: readonly string[]): boolean {
    return rooms.some((room) => this.#there.has(room));
  }

  send(
    _: string,
    frame: Frame,
    { rooms, except = [] }: { rooms: readonly string[]; except?: readonly string[] },
  ): void {
    this.sent.push({ frame, rooms, except });
  }

  heartbeat(_: string, beat: Heartbeat): void {
    this.beats.push(beat);
  }
}

/** A member's page that nobody looks at. */
export const seatOf = ({ memberId }: Member, onEntering: () => void = () => undefined) =>
  new Seat(
    { kind: 'member', memberId },
    { enter: onEntering, leave: () => undefined, end: () => expect.unreachable() },
  );
