import { roomIn } from './outlet.ts';
import type { CustomerSpace, StaffSpace } from './server.ts';

const names = new Map<string, string>();

/** Of a room for somebody who enters it, one text for all who are there: each socket keeps the names of its rooms. */
export function nameIn(workspaceId: string, room: string): string {
  const name = roomIn(workspaceId, room);
  const known = names.get(name);
  if (known === undefined) names.set(name, name);
  return known ?? name;
}

/** A name is forgotten with the last who is in the room. */
export function forgetNames({ adapter }: StaffSpace | CustomerSpace): void {
  adapter.on('delete-room', (name: string) => names.delete(name));
}
