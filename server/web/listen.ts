import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createProbe } from 'node:net';
import { config } from '#server/config.ts';
import { log } from '#server/log.ts';
import type { Part } from '#server/part.ts';
import { PlainError } from '#server/plain.ts';
import { front } from './front.ts';
import { answerHealth, answerReadiness } from './health.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export type Web = {
  server: Server;
  /** Before this, and from close() on, /readyz answers 503 and all pages 502, on which proxies ask another process. */
  open(handler: Handler, parts: ReadonlyMap<string, Part>): void;
  close(): Promise<void>;
};

/**
 * Takes the port first of all, so that a taken one is told before anything is touched.
 * @throws PlainError
 */
export async function listen(): Promise<Web> {
  let handler: Handler = unavailable;
  let parts: ReadonlyMap<string, Part> | null = null;
  // Ten minutes let a slow phone send a large file; proxies keep idle connections for a minute and must not find them closed.
  const server = createServer({ requestTimeout: 600_000, headersTimeout: 30_000, keepAliveTimeout: 65_000 });
  server.on('request', (request, response) => {
    front(request);
    const path = request.url?.split('?')[0];
    if (path === '/healthz') answerHealth(response);
    else if (path === '/readyz') void answerReadiness(response, parts);
    else handler(request, response);
  });
  server.on('upgrade', (request, socket) => {
    front(request);
    // Node takes its own listener off: a reset before anybody else listens would end the process.
    socket.on('error', () => socket.destroy());
    const closed = 'HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
    // Closed by us too: server.close() would wait for a client that keeps its half open.
    if (!parts) socket.end(closed, () => socket.destroy());
  });
  await bind(server, config().host, config().port);
  // Such as no file handles left: the next connection may succeed.
  server.on('error', (error) => log.error({ part: 'web', err: error }, 'a connection could not be taken'));
  return {
    server,
    open(next, all) {
      handler = next;
      parts = all;
    },
    close() {
      handler = unavailable;
      parts = null;
      return close(server);
    },
  };
}

/** The port itself, or the next that is free: the demo must not fail because of somebody's other program. */
export async function freePortFrom(host: string, port: number): Promise<number> {
  for (let candidate = port; candidate < port + 50; candidate++) {
    const probe = createProbe();
    const bound = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false)).listen(candidate, host, () => resolve(true));
    });
    await new Promise((resolve) => (bound ? probe.close(resolve) : resolve(undefined)));
    if (bound) return candidate;
  }
  throw new PlainError(`No free port from ${port} to ${port + 49} on ${host}; set another one.`);
}

/** Connections not taken up yet. Thousands come back within seconds, and whom the system drops tries again after 1, 3 and 7. */
const backlog = 4_096;

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new PlainError(whyNot(error, host, port), { cause: error })),
    );
    server.listen(port, host, backlog, resolve);
  });
}

function whyNot({ code }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `Port ${port} on ${host} is taken by another program; set PORT to a free one.`;
  if (code === 'EACCES') return `This user may not listen on port ${port}; set PORT to one above 1023.`;
  return `Lotse cannot listen on ${host}; set HOST to an address of this machine.`;
}

/**
 * Not 503, which also says that the desk is busy or its database away: another process would answer no better, and to ask it
 * as well would double the load just then.
 */
function unavailable(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(502, {
    'content-type': 'text/plain; charset=utf-8',
    'retry-after': '2',
    'cache-control': 'no-store',
  });
  response.end(
    'Lotse is starting or stopping. Try again in a moment.\nLotse startet gerade oder hält an. Gleich noch einmal versuchen.\n',
  );
}

/** Answers what is under way, ends what idles, and after five seconds whatever is left. */
async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), 5_000);
  await closed;
  clearTimeout(timer);
}
