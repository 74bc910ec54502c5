import type { Frame } from '#lib/shared/board.ts';
import type { Heartbeat } from '#lib/shared/wire.ts';

/** Where frames go out: one namespace of Socket.io, this process's sockets only, since every process reads the feed itself. */
export type Outlet = {
  hasAnyone(workspaceId: string, rooms: readonly string[]): boolean;
  send(workspaceId: string, frame: Frame, to: { rooms: readonly string[]; except?: readonly string[] }): void;
  heartbeat(workspaceId: string, beat: Heartbeat): void;
  /** The rooms of a workspace in which somebody is. */
  occupied(workspaceId: string): string[];
};

/** Rooms are a workspace's own. */
export function roomIn(workspaceId: string, room: string): string {
  return `${workspaceId} ${room}`;
}
