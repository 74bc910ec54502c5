import type { Server as HttpServer } from 'node:http';
import { Server, type DefaultEventsMap, type Namespace, type Socket } from 'socket.io';
import type { CustomerCalls, CustomerEvents, StaffCalls, StaffEvents } from '#lib/shared/wire.ts';
import { reportUnexpected } from '#server/log.ts';
import { broadcast } from './broadcast.ts';
import { watchConnections } from './crowd.ts';
import { Door, letIn } from './door.ts';
import { isOwnOrigin } from './origin.ts';
import { forgetName, roomIn, type Outlet } from './outlet.ts';

export type StaffSpace = Namespace<StaffCalls, StaffEvents, DefaultEventsMap, unknown>;
export type StaffSocket = Socket<StaffCalls, StaffEvents, DefaultEventsMap, unknown>;
export type CustomerSpace = Namespace<CustomerCalls, CustomerEvents, DefaultEventsMap, unknown>;
export type CustomerSocket = Socket<CustomerCalls, CustomerEvents, DefaultEventsMap, unknown>;

export type Sockets = { io: Server; staff: StaffSpace; customers: CustomerSpace; close(): void };

/** Socket.io over the web's own port, WebSocket only: one way in, and no request of its own beside the upgrade. */
export function openSockets(server: HttpServer): Sockets {
  let isClosing = false;
  const door = new Door();
  const io: Server = new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    // Notes and Vite have upgrades of their own; server/realtime/upgrade.ts ends what is nobody's.
    destroyUpgrade: false,
    // Costs more memory per viewer than it saves on frames of a few hundred bytes.
    perMessageDeflate: false,
    httpCompression: false,
    // A message of 200,000 characters in JSON, and some.
    maxHttpBufferSize: 1_000_000,
    // Who connects and then asks for no namespace.
    connectTimeout: 10_000,
    allowRequest(request, decide) {
      if (isClosing || !isOwnOrigin(request)) return decide(null, false);
      door.knock(request).then(
        (isTurn) => decide(null, isTurn && !isClosing),
        (error: unknown) => {
          reportUnexpected(error, { part: 'socket' });
          decide(null, false);
        },
      );
    },
  });
  watchConnections(io);
  io.engine.use((request: object, response: Answer, next: () => void) => {
    answers.set(request, response);
    next();
  });
  const staff = io.of('/') as StaffSpace;
  const customers = io.of('/t') as CustomerSpace;
  staff.adapter.on('delete-room', forgetName);
  return {
    io,
    staff,
    customers,
    close() {
      isClosing = true;
      door.close();
      // Not io.close(), which would close the web's port too. Clients see a lost connection and come back.
      io.engine.close();
    },
  };
}

/** Node's name for what is answered. */
type Answer = { req: object | null };

/** Engine.io's answer to each request waits for the line's end, and holds the request until then. */
const answers = new WeakMap<object, Answer>();

/** Once somebody is let in, nothing of his request is needed: some 8 KB of headers for each open page. */
export function forgetRequest(socket: StaffSocket | CustomerSocket): void {
  letIn(socket);
  const answer = answers.get(socket.request);
  if (answer) answer.req = null;
  Object.assign(socket.conn, { request: null });
  Object.assign(socket, { handshake: forgotten });
}

/** A line is one page's. Who is in on it has no request left, by which he could be asked who he is. */
export function isTaken({ conn }: Pick<Socket, 'conn'>): boolean {
  const { request }: { request: object | null } = conn;
  return request === null;
}

/** One for all. */
const forgotten = Object.freeze({ headers: {}, auth: {}, query: {} });

export function outletFor(space: StaffSpace | CustomerSpace): Outlet {
  const named = (workspaceId: string, rooms: readonly string[]) => rooms.map((room) => roomIn(workspaceId, room));
  return {
    hasAnyone: (workspaceId, rooms) => rooms.some((room) => space.adapter.rooms.has(roomIn(workspaceId, room))),
    send(workspaceId, frame, { rooms, except = [] }) {
      broadcast(space, { rooms: named(workspaceId, rooms), except: named(workspaceId, except) }, ['event', frame]);
    },
    heartbeat: (workspaceId, beat) =>
      broadcast(space, { rooms: [roomIn(workspaceId, beat.room)] }, ['heartbeat', beat]),
  };
}
