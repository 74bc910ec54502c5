import { z } from 'zod';
import { Fault } from '#lib/shared/faults.ts';
import { memberIn, type Membership } from '#server/auth/membership.ts';
import { sessionFrom, type Session } from '#server/auth/session.ts';
import * as views from '#server/domain/views.ts';
import { reportUnexpected } from '#server/log.ts';
import { Bucket } from '#lib/shared/bucket.ts';
import * as calls from './calls.ts';
import { missedBy, reach } from './catch-up.ts';
import type { Channel } from './channel.ts';
import { Crowd, mostOfSession } from './crowd.ts';
import type { Ends } from './ends.ts';
import type { Feed } from './feed.ts';
import { roomIn } from './outlet.ts';
import type { Attendance, Page, Visit } from './presence.ts';
import { Seat } from './seat.ts';
import { forgetRequest, isTaken, type StaffSocket, type StaffSpace } from './server.ts';
import { onRelief } from './slow.ts';
import { Turns } from './turns.ts';

type Parts = { feed: Feed; attendance: Attendance; ends: Ends; build: string };

type Guest = { session: Session; member: Membership };

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
    forgetRequest(socket);
    if (!guest) return;
    const { sessionId } = guest.session;
    // Not at the door: whoever goes away while he is asked who he is would be counted for ever.
    if (!crowd.enter(sessionId)) return void socket.disconnect(true);
    socket.once('disconnect', () => crowd.leave(sessionId));
    seatGuest(socket, guest, parts);
  });
}

async function guestOf(socket: StaffSocket): Promise<Guest | string> {
  const auth = handshake.safeParse(socket.handshake.auth);
  const session = await sessionFrom(socket.handshake.headers.cookie);
  if (!session) return 'signIn.needed';
  const member = auth.success ? await memberIn(session.userId, auth.data.workspace) : null;
  return member ? { session, member } : 'workspace.notFound';
}

function seatGuest(socket: StaffSocket, { session, member }: Guest, { feed, attendance, ends, build }: Parts): void {
  const { workspaceId, memberId } = member;
  let channel: Channel | undefined;
  const page: Page = {
    socketId: socket.id,
    rooms: () => seat.rooms,
    renew: (presence) => socket.emit('presence', presence),
  };
  const visit: Visit = {
    workspaceId,
    memberId,
    audienceOf: (ticket) => channel?.ring.audienceOf(ticket) ?? [],
    page,
  };
  const seat = new Seat(
    { kind: 'member', memberId },
    {
      enter(rooms, seq) {
        void socket.join([...rooms].map((room) => roomIn(workspaceId, room)));
        attendance.recheck(visit);
        const presence = attendance.seenBy(visit, page);
        socket.emit('ready', { seq, now: Date.now(), rooms: [...rooms], build, id: memberId, presence });
      },
      leave(kept) {
        const stays = new Set([socket.id, ...[...kept].map((room) => roomIn(workspaceId, room))]);
        for (const room of socket.rooms) if (!stays.has(room)) void socket.leave(room);
      },
      end(code) {
        socket.emit('ended', { code });
        socket.disconnect(true);
      },
    },
  );
  const held = feed.hold(workspaceId);
  const forget = ends.watchSession(session, seat);
  socket.on('disconnect', () => {
    forget();
    attendance.depart(visit);
    channel?.seats.remove(seat);
    void held.then(({ release }) => release()).catch(() => undefined);
  });
  held.then(
    (opened) => {
      if (socket.disconnected) return;
      channel = opened.channel;
      attendance.arrive(visit);
      channel.seats.add(seat);
      onRelief(socket, () => seat.remind(opened.channel.cursor));
      void channel.read();
    },
    (error: unknown) => {
      reportUnexpected(error, { part: 'feed', workspaceId });
      // Not by us for good: the client comes back by itself.
      socket.conn.close();
    },
  );
  const opening = held.then((opened) => opened.channel);
  // Reported above; whoever awaits it hears of it too.
  opening.catch(() => undefined);
  listen(socket, { seat, visit, attendance, channel: opening });
}

type Listening = { seat: Seat; visit: Visit; attendance: Attendance; channel: Promise<Channel> };

function listen(socket: StaffSocket, { seat, visit, attendance, channel }: Listening): void {
  const { workspaceId, memberId } = visit;
  // A member who drags twenty cards at once is quick; twenty in each second are a machine.
  const commands = new Bucket(60, 20);
  const signs = new Bucket(30, 5);
  const catchUps = new Bucket(200, 50);
  const turns = new Turns(socket);

  socket.on('command', (value, answer) => {
    if (typeof answer !== 'function') return;
    if (!commands.take()) return answer(calls.refuse('too.many', { retryAfterSeconds: 1 }));
    void calls.answerCommand({ kind: 'member', workspaceId, memberId }, value).then(answer);
  });

  socket.on('catchup', (value, answer) => {
    const from = calls.catchUp.safeParse(value);
    if (!from.success || typeof answer !== 'function') return;
    if (!catchUps.take()) return answer({ snapshot: true });
    const { cursor } = from.data;
    const isTaken = turns.take(() =>
      channel
        .then((open) => reach(open, seat, cursor).then(() => answer(missedBy(open, seat, cursor))))
        .catch((error: unknown) => {
          reportUnexpected(error, { part: 'feed', workspaceId });
          answer({ snapshot: true });
        }),
    );
    if (!isTaken) answer({ snapshot: true });
  });

  socket.on('look', (value) => {
    const look = calls.look.safeParse(value);
    if (!look.success || !signs.take()) return;
    const { ticket } = look.data;
    if (ticket === null) return attendance.look(visit, null);
    Promise.all([channel, views.look({ workspaceId, memberId, ticketId: ticket })]).then(
      ([{ ring }, audience]) => {
        if (!audience) return;
        if (!ring.audienceOf(ticket)) ring.know(ticket, audience);
        attendance.look(visit, ticket);
      },
      (error: unknown) => reportUnexpected(error, { part: 'presence', workspaceId }),
    );
  });

  socket.on('typing', (value) => {
    const types = calls.staffTyping.safeParse(value);
    // Only in a ticket that lies open here, which was checked when it was opened.
    if (!types.success || !signs.take() || attendance.lookedAt(visit) !== types.data.ticket) return;
    attendance.typing.member(visit, types.data.ticket, types.data.where);
  });
}
