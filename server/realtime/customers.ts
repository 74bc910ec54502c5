import { z } from 'zod';
import { AppError } from '#lib/shared/errors.ts';
import { Fault } from '#lib/shared/faults.ts';
import { holderOf, type Holder } from '#server/domain/links.ts';
import { rooms } from '#server/domain/events.ts';
import { reportUnexpected } from '#server/log.ts';
import { Bucket } from '#lib/shared/bucket.ts';
import * as calls from './calls.ts';
import { missedByCustomer } from './catch-up.ts';
import type { Channel } from './channel.ts';
import { Crowd, mostOfLink } from './crowd.ts';
import { networkOf } from './door.ts';
import type { Ends } from './ends.ts';
import type { Feed } from './feed.ts';
import { roomIn } from './outlet.ts';
import type { Attendance } from './presence.ts';
import { Seat } from './seat.ts';
import { forgetRequest, isTaken, type CustomerSocket, type CustomerSpace } from './server.ts';
import { forgetReader, onRelief } from './slow.ts';
import { Turns } from './turns.ts';

type Parts = { feed: Feed; attendance: Attendance; ends: Ends; build: string };

/** Customers are told nothing of the team but that it types. */
const nobody = { isAvailable: true, online: [], looks: [], types: [] };

const handshake = z.object({ token: z.string().max(100) });

/** The customers' namespace: the token of a ticket link opens this ticket alone. */
export function openCustomers(space: CustomerSpace, parts: Parts): void {
  const holders = new WeakMap<CustomerSocket, Holder>();
  const strangers = new Strangers();
  const crowd = new Crowd(mostOfLink);
  space.use((socket, next) => {
    if (isTaken(socket)) return next(new Error('too.many'));
    const from = networkOf(socket.request);
    if (!strangers.mayTry(from)) return next(new Error('too.many'));
    const auth = handshake.safeParse(socket.handshake.auth);
    holderOf(auth.success ? auth.data.token : '').then(
      (holder) => {
        holders.set(socket, holder);
        next();
      },
      (error: unknown) => {
        if (error instanceof AppError) strangers.failed(from);
        else reportUnexpected(error, { part: 'socket' });
        next(new Error(error instanceof AppError || error instanceof Fault ? error.code : 'unexpected'));
      },
    );
  });
  space.on('connection', (socket) => {
    const holder = holders.get(socket);
    forgetRequest(socket);
    if (!holder) return;
    if (!crowd.enter(holder.linkId)) return void socket.disconnect(true);
    socket.once('disconnect', () => crowd.leave(holder.linkId));
    seatHolder(socket, holder, parts);
  });
}

/** Wrong tokens from one network: twenty, then one in five seconds. Those who come with a right one are not counted. */
class Strangers {
  readonly #buckets = new Map<string, { bucket: Bucket; mayTry: boolean }>();

  mayTry(from: string): boolean {
    const known = this.#buckets.get(from);
    if (!known || known.mayTry) return true;
    known.mayTry = known.bucket.take();
    return known.mayTry;
  }

  failed(from: string): void {
    if (this.#buckets.size > 10_000) this.#buckets.clear();
    const known = this.#buckets.get(from) ?? { bucket: new Bucket(20, 0.2), mayTry: true };
    known.mayTry = known.bucket.take();
    this.#buckets.set(from, known);
  }
}

function seatHolder(socket: CustomerSocket, holder: Holder, { feed, attendance, ends, build }: Parts): void {
  const { workspaceId, ticketId, linkId, expiresAt } = holder;
  const room = rooms.customer(ticketId);
  let channel: Channel | undefined;
  const seat: Seat = new Seat(
    { kind: 'link', linkId, ticketId },
    {
      enter() {
        void socket.join(roomIn(workspaceId, room));
        const [seq, now] = [seat.rights?.customerSeq ?? 0, Date.now()];
        socket.emit('ready', { seq, now, rooms: [room], build, id: linkId, presence: nobody });
      },
      leave: () => void socket.leave(roomIn(workspaceId, room)),
      end(code) {
        socket.emit('ended', { code });
        socket.disconnect(true);
      },
    },
  );
  const held = feed.hold(workspaceId);
  ends.watchLink({ workspaceId, linkId, expiresAt }, seat);
  const typing = { workspaceId, ticket: ticketId, audience: () => channel?.ring.audienceOf(ticketId) ?? [] };
  socket.on('disconnect', () => {
    forgetReader(socket);
    ends.forget(seat);
    attendance.typing.stop(ticketId);
    channel?.seats.remove(seat);
    void held.then(({ release }) => release()).catch(() => undefined);
  });
  held.then(
    (opened) => {
      if (socket.disconnected) return;
      channel = opened.channel;
      channel.seats.add(seat);
      onRelief(socket, { relieve: () => seat.remind(opened.channel.cursor) });
      void channel.read();
    },
    (error: unknown) => {
      reportUnexpected(error, { part: 'feed', workspaceId });
      socket.conn.close();
    },
  );
  const isAttended = () => attendance.isAttended(workspaceId, ticketId);
  listen(socket, holder, { seat, isAttended, onTyping: (isTyping) => attendance.typing.customer(typing, isTyping) });
}

type Listening = { seat: Seat; isAttended(): boolean; onTyping(isTyping: boolean): void };

function listen(socket: CustomerSocket, holder: Holder, { seat, isAttended, onTyping }: Listening): void {
  const { workspaceId, linkId, ticketId } = holder;
  // Somebody who chats: ten lines at once, then one in two seconds.
  const commands = new Bucket(10, 0.5);
  const signs = new Bucket(20, 2);
  const catchUps = new Bucket(20, 2);
  const turns = new Turns(socket);

  socket.on('command', (value, answer) => {
    if (typeof answer !== 'function') return;
    if (!commands.take()) return answer(calls.refuse('too.many', { retryAfterSeconds: 2 }));
    void calls.answerCommand({ kind: 'link', workspaceId, linkId, isAttended: isAttended() }, value).then(answer);
  });

  socket.on('catchup', (value, answer) => {
    const from = calls.catchUp.safeParse(value);
    if (!from.success || typeof answer !== 'function') return;
    if (!catchUps.take()) return answer({ snapshot: true });
    // In the room first: what the reading does not show yet comes by itself.
    const isTaken = turns.take(() =>
      seat.entered
        .then(() => missedByCustomer({ workspaceId, ticketId }, from.data.cursor))
        .then((missed) => {
          if (seat.isIn) answer(missed);
        })
        .catch((error: unknown) => {
          reportUnexpected(error, { part: 'feed', workspaceId });
          answer({ snapshot: true });
        }),
    );
    if (!isTaken) answer({ snapshot: true });
  });

  socket.on('typing', (value) => {
    const types = calls.customerTyping.safeParse(value);
    if (types.success && seat.isIn && signs.take()) onTyping(types.data.isTyping);
  });
}
