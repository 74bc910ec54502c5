import { rooms } from '#server/domain/events.ts';
import { roomIn } from './outlet.ts';
import type { Voice } from './presence.ts';
import type { Sockets } from './server.ts';

/** Presence through Socket.io. Volatile: who cannot take it now is told the next time. */
export function voiceFor({ staff, customers }: Pick<Sockets, 'staff' | 'customers'>): Voice {
  const team = (workspaceId: string, audience: readonly string[]) =>
    audience.length > 0 ? staff.local.to(audience.map((room) => roomIn(workspaceId, room))) : null;
  return {
    online: (workspaceId, change) => void team(workspaceId, [rooms.staff])?.emit('online', change),
    looks: (workspaceId, audience, looks) => void team(workspaceId, audience)?.emit('looks', looks),
    typing(workspaceId, { audience, except }, types) {
      team(workspaceId, audience)
        ?.except(except ?? [])
        .emit('typing', types);
    },
    teamTyping(workspaceId, ticket, isTyping) {
      customers.local.to(roomIn(workspaceId, rooms.customer(ticket))).emit('typing', { isTyping });
    },
  };
}
