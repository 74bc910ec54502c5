import { rooms } from '#server/domain/events.ts';
import { broadcast } from './broadcast.ts';
import { roomIn } from './outlet.ts';
import type { Voice } from './presence.ts';
import type { Sockets } from './server.ts';

/** Presence through Socket.io. Volatile: who cannot take it now is told the next time. */
export function voiceFor({ staff, customers }: Pick<Sockets, 'staff' | 'customers'>): Voice {
  const named = (workspaceId: string, audience: readonly string[]) => audience.map((room) => roomIn(workspaceId, room));
  return {
    online: (workspaceId, changes) =>
      broadcast(staff, { rooms: [roomIn(workspaceId, rooms.staff)] }, ['online', ...changes]),
    people: (workspaceId, people) =>
      broadcast(staff, { rooms: [roomIn(workspaceId, rooms.staff)] }, ['people', people]),
    looks: (workspaceId, audience, looks) =>
      broadcast(staff, { rooms: named(workspaceId, audience) }, ['looks', looks]),
    typing(workspaceId, { audience, except }, types) {
      broadcast(staff, { rooms: named(workspaceId, audience), except: except ? [except] : [] }, ['typing', types]);
    },
    teamTyping(workspaceId, ticket, isTyping) {
      broadcast(customers, { rooms: [roomIn(workspaceId, rooms.customer(ticket))] }, ['typing', { isTyping }]);
    },
  };
}
