import type { ServerResponse } from 'node:http';
import type { Part } from '#server/part.ts';

const limitMs = 2_000;

/** /healthz: this process answers. For a supervisor that restarts what hangs. */
export function answerHealth(response: ServerResponse): void {
  send(response, 200, { healthy: true });
}

/** /readyz: every part can work. For a load balancer; 503 names the part that cannot. */
export async function answerReadiness(
  response: ServerResponse,
  parts: ReadonlyMap<string, Part> | null,
): Promise<void> {
  const states = await Promise.all(
    [...(parts ?? [])].map(async ([name, part]) => [name, await isReady(part)] as const),
  );
  const ready = parts !== null && states.every(([, state]) => state);
  send(response, ready ? 200 : 503, { ready, parts: Object.fromEntries(states) });
}

async function isReady(part: Part): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), limitMs);
  try {
    return await Promise.race([part.isReady?.() ?? true, late.promise]);
  } catch {
    // Whatever it was, the part reports it itself; here it only counts that it cannot work.
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
