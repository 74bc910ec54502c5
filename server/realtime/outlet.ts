import type { Frame } from '#lib/shared/board.ts';

/** Where frames go out: one namespace of Socket.io, this process's sockets only, since every process reads the feed itself. */
export type Outlet = {
  hasAnyone(workspaceId: string, rooms: readonly string[]): boolean;
  send(workspaceId: string, frame: Frame, to: { rooms: readonly string[]; except?: readonly string[] }): void;
  heartbeat(workspaceId: string, beat: { room: string; seq: number }): void;
};

/** Rooms are a workspace's own. */
export function roomIn(workspaceId: string, room: string): string {
  return `${workspaceId} ${room}`;
}
