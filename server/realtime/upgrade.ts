import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { notesPath } from '#lib/shared/wire.ts';
import { config } from '#server/config.ts';
import { isOwnOrigin } from './origin.ts';

export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Sorts what asks for a WebSocket: notes here, Socket.io and (in development) Vite by listeners of their own. All else is
 * ended, or it would hang until the client gives up.
 */
export function routeUpgrades(server: Server, notes: Upgrade): () => void {
  const route: Upgrade = (request, socket, head) => {
    const path = request.url?.split('?')[0] ?? '';
    if (path.startsWith('/socket.io/') || isVite(request)) return;
    socket.on('error', () => socket.destroy());
    if (!path.startsWith(`${notesPath}/`)) return refuse(socket, '404 Not Found');
    if (!isOwnOrigin(request)) return refuse(socket, '403 Forbidden');
    notes(request, socket, head);
  };
  server.on('upgrade', route);
  return () => void server.off('upgrade', route);
}

export function refuse(socket: Duplex, status: string): void {
  // Closed by us too: server.close() would wait for a client that keeps its half open.
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

function isVite({ headers }: IncomingMessage): boolean {
  const protocol = headers['sec-websocket-protocol'];
  return config().development && (protocol === 'vite-hmr' || protocol === 'vite-ping');
}
