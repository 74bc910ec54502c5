import type { Frame } from '#lib/shared/board.ts';
import type { Heartbeat } from '#lib/shared/wire.ts';

/** Where frames go out: one namespace of Socket.io, this process's sockets only, since every process reads the feed itself. */
export type Outlet = {
  hasAnyone(workspaceId: string, rooms: readonly string[]): boolean;
  send(workspaceId: string, frame: Frame, to: { rooms: readonly string[]; except?: readonly string[] }): void;
  heartbeat(workspaceId: string, beat: Heartbeat): void;
};

/** Rooms are a workspace's own. */
export function roomIn(workspaceId: string, room: string): string {
  return `${workspaceId} ${room}`;
}

const names = new Map<string, string>();

/** Of a room for somebody who enters it, one text for all who are there: each socket keeps the names of its rooms. */
export function nameIn(workspaceId: string, room: string): string {
  const name = roomIn(workspaceId, room);
  const known = names.get(name);
  if (known === undefined) names.set(name, name);
  return known ?? name;
}

/** A name is forgotten with the last who is in the room. */
export function forgetName(name: string): void {
  names.delete(name);
}
