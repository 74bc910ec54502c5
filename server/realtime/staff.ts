import { z } from 'zod';
import { Fault } from '#lib/shared/faults.ts';
import { memberIn } from '#server/auth/membership.ts';
import { sessionFrom } from '#server/auth/session.ts';
import { reportUnexpected } from '#server/log.ts';
import { Crowd, mostOfSession } from './crowd.ts';
import { Ear } from './ear.ts';
import { forgetRequest, isTaken, type StaffSocket, type StaffSpace } from './server.ts';
import { Viewer, type Guest, type Parts } from './viewer.ts';

const handshake = z.object({ workspace: z.string().max(60) });

/** The team's namespace: a session's cookie and the workspace's name open it. */
export function openStaff(space: StaffSpace, parts: Parts): void {
  const guests = new WeakMap<StaffSocket, Guest>();
  const crowd = new Crowd(mostOfSession);
  space.use((socket, next) => {
    if (isTaken(socket)) return next(new Error('too.many'));
    guestOf(socket).then(
      (guest) => {
        if (typeof guest === 'string') return next(new Error(guest));
        guests.set(socket, guest);
        next();
      },
      (error: unknown) => {
        reportUnexpected(error, { part: 'socket' });
        next(new Error(error instanceof Fault ? error.code : 'unexpected'));
      },
    );
  });
  space.on('connection', (socket) => {
    const guest = guests.get(socket);
    guests.delete(socket);
    forgetRequest(socket);
    if (!guest) return;
    const { sessionId } = guest.session;
    // Not at the door: whoever goes away while he is asked who he is would be counted for ever.
    if (!crowd.enter(sessionId)) return void socket.disconnect(true);
    const viewer = new Viewer(socket, guest, parts);
    new Ear(socket, viewer, parts.attendance).listen();
    socket.on('disconnect', () => {
      crowd.leave(sessionId);
      viewer.depart();
    });
  });
}

async function guestOf(socket: StaffSocket): Promise<Guest | string> {
  const auth = handshake.safeParse(socket.handshake.auth);
  const session = await sessionFrom(socket.handshake.headers.cookie);
  if (!session) return 'signIn.needed';
  const member = auth.success ? await memberIn(session.userId, auth.data.workspace) : null;
  return member ? { session, member } : 'workspace.notFound';
}
