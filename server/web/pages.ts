import { createServer, type Server } from 'node:http';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { config } from '#server/config.ts';
import type { Part } from '#server/part.ts';
import { trusted } from './front.ts';
import type { Handler } from './listen.ts';

export type Pages = Part & { handler: Handler };

/** The web app: built, or in development through Vite. */
export function startPages(server: Server): Promise<Pages> {
  return config().development ? startVite(server) : startBuilt();
}

async function startBuilt(): Promise<Pages> {
  const { origin, bodySizeLimit } = config();
  Object.assign(process.env, {
    LOTSE_WEB_ADDRESS_HEADER: trusted.address,
    LOTSE_WEB_PROTOCOL_HEADER: trusted.protocol,
    LOTSE_WEB_HOST_HEADER: trusted.host,
    LOTSE_WEB_BODY_SIZE_LIMIT: String(bodySizeLimit),
    ...(origin ? { LOTSE_WEB_ORIGIN: origin } : {}),
  });
  const built: { handler: Handler } = await import(pathToFileURL(resolve('build/handler.js')).href);
  return { handler: built.handler, stop: async () => undefined };
}

/** Vite's own WebSocket goes through our one upgrade listener: it is handed a server that never listens. */
async function startVite(server: Server): Promise<Pages> {
  const { createServer: createVite } = await import('vite');
  const relay = createServer();
  const vite = await createVite({ server: { middlewareMode: true, ws: { server: relay } }, appType: 'custom' });
  server.on('upgrade', (request, socket, head) => {
    if (isVite(request.headers['sec-websocket-protocol'])) relay.emit('upgrade', request, socket, head);
  });
  return { handler: vite.middlewares, stop: () => vite.close() };
}

function isVite(protocol: string | undefined): boolean {
  return config().development && (protocol === 'vite-hmr' || protocol === 'vite-ping');
}
