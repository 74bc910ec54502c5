import type { ServerResponse } from 'node:http';
import type { Part } from '#server/part.ts';

/** Load balancers ask every other second, and take no answer within that time for a bad one. */
const limitMs = 1_000;

/** /healthz: this process answers. For a supervisor that restarts what hangs. */
export function answerHealth(response: ServerResponse): void {
  send(response, 200, { healthy: true });
}

/**
 * /readyz, for a load balancer: 200 while this process serves as well as any other could, and 503 while it starts, stops or
 * hangs alone. Trouble that all processes share (a database that is away, slow or read-only) stands in the body: taking all
 * of them away would take even what still works, and the pages that say so.
 */
export async function answerReadiness(
  response: ServerResponse,
  parts: ReadonlyMap<string, Part> | null,
): Promise<void> {
  const states = await Promise.all(
    [...(parts ?? [])].map(async ([name, part]) => {
      const asked = [inTime(() => part.isReady?.() ?? true), inTime(() => part.isHung?.() ?? false)] as const;
      const [ready, hung] = await Promise.all(asked);
      return { name, ready, hung };
    }),
  );
  const serves = parts !== null && !states.some(({ hung }) => hung);
  send(response, serves ? 200 : 503, {
    ready: parts !== null && states.every(({ ready }) => ready),
    parts: Object.fromEntries(states.map(({ name, ready }) => [name, ready])),
  });
}

async function inTime(ask: () => boolean | Promise<boolean>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), limitMs);
  try {
    return await Promise.race([ask(), late.promise]);
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
