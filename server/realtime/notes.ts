import type { IncomingMessage } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import { memberIn } from '#server/auth/membership.ts';
import { sessionFrom } from '#server/auth/session.ts';
import { listen } from '#server/database/pool.ts';
import * as notes from '#server/domain/notes.ts';
import { reportUnexpected } from '#server/log.ts';
import type { Bus } from './bus.ts';
import { Crowd, mostOfSession } from './crowd.ts';
import { Door, letInBy } from './door.ts';
import type { Ends } from './ends.ts';
import type { Feed } from './feed.ts';
import { closes, closeTimeoutMs, frameBytes, pollMs } from './notes/limits.ts';
import { NoteBook } from './notes/book.ts';
import { refuse, type Upgrade } from './upgrade.ts';

const path = z.tuple([
  z.literal(''),
  z.literal('notes'),
  z.string().max(60),
  z.uuid(),
  z.coerce.number().int().min(1).max(1_000_000),
]);

const keepAliveMs = 20_000;

/** Shared notes at `/notes/<workspace>/<ticket>/<generation>`: the protocol of y-websocket over our own rights. */
export function openNotes({ feed, ends, bus }: { feed: Feed; ends: Ends; bus: Bus | null }) {
  // Of closeTimeout its types know nothing yet.
  const options = { noServer: true, maxPayload: frameBytes, perMessageDeflate: false, closeTimeout: closeTimeoutMs };
  const server = new WebSocketServer(options);
  const door = new Door();
  const crowd = new Crowd(mostOfSession);
  let isClosing = false;
  const book = new NoteBook(feed, bus);
  const alive = new WeakSet<WebSocket>();

  // Refusals come as close codes: a browser's WebSocket cannot read a status, and would try for ever.
  const admit = async (socket: WebSocket, request: IncomingMessage) => {
    const { url, headers } = request;
    const place = path.safeParse((url?.split('?')[0] ?? '').split('/'));
    if (!place.success) return socket.close(closes.badFrame, 'bad.input');
    const [, , slug, ticketId, generation] = place.data;
    const session = await sessionFrom(headers.cookie);
    if (!session) return socket.close(closes.signIn, 'signIn.needed');
    const member = await memberIn(session.userId, slug);
    const rights = member ? await notes.rightsTo(member, ticketId) : null;
    if (!member || !rights?.sees) return socket.close(closes.forbidden, 'ticket.notFound');
    if (rights.generation !== generation) return socket.close(closes.oldGeneration, 'note.generation');
    const ending = { end: (code: string) => socket.close(closes.signIn, code) };
    ends.watchSession(session, ending);
    socket.once('close', () => ends.forget(ending));
    if (socket.readyState !== socket.OPEN) return ends.forget(ending);
    const { sessionId } = session;
    // Not before it is sure that he is still there: whoever went away meanwhile would be counted for ever.
    if (!crowd.enter(sessionId)) return socket.close(closes.tooFast, 'too.many');
    socket.once('close', () => crowd.leave(sessionId));
    // Whoever is turned away knocks until his line is closed.
    letInBy(request);
    const { workspaceId, memberId, name } = member;
    await book.seat({ workspaceId, ticketId, generation }, { socket, memberId, name, ...rights });
  };

  const keepAlive = setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
    book.keepAlive();
  }, keepAliveMs);

  let polling: Promise<void> | undefined;
  const poll = () => {
    polling ??= book
      .poll()
      .catch((error: unknown) => void reportUnexpected(error, { part: 'notes' }))
      .finally(() => (polling = undefined));
    return polling;
  };
  const safetyNet = setInterval(() => void poll(), pollMs);

  const open: Upgrade = (request, duplex, head) => {
    server.handleUpgrade(request, duplex, head, (socket) => {
      alive.add(socket);
      socket.on('pong', () => alive.add(socket));
      // A frame that is too long or torn; ws closes the socket itself.
      socket.on('error', () => undefined);
      // Messages that come before the rights are known wait in the socket.
      socket.pause();
      admit(socket, request)
        .catch((error: unknown) => {
          reportUnexpected(error, { part: 'notes' });
          socket.close(closes.again, 'unexpected');
        })
        .finally(() => socket.resume());
    });
  };

  const upgrade: Upgrade = (request, duplex, head) => {
    door.knock(request).then(
      (isTurn) => {
        if (isTurn && !isClosing) return open(request, duplex, head);
        refuse(duplex, '503 Service Unavailable');
      },
      (error: unknown) => {
        reportUnexpected(error, { part: 'notes' });
        duplex.destroy();
      },
    );
  };

  let unlisten: Promise<() => Promise<void>> | undefined;
  return {
    upgrade,
    async start() {
      unlisten = listen(
        notes.channel,
        (word) => book.heard(word),
        () => void poll(),
      );
      await unlisten;
    },
    async stop() {
      isClosing = true;
      door.close();
      clearInterval(keepAlive);
      clearInterval(safetyNet);
      await polling;
      for (const socket of server.clients) socket.close(1012, 'restart');
      await book.close();
      for (const socket of server.clients) socket.terminate();
      await (
        await unlisten
      )?.();
    },
  };
}
