import { serverOptions } from '#server/setup/node-options.mjs';
import { closeAuth, openAuth } from '#server/auth/home.ts';
import { signInAs, slugOf } from '../support/live.ts';
import { startChild, type Child } from './child.ts';
import type { Desk } from './desk.ts';
import type { ClientsAnswer, ClientsAsk } from './live-clients.ts';
import type { ServerAnswer, ServerAsk } from './live-server.ts';

export type LiveServer = Child<ServerAsk, ServerAnswer> & { address: string };
export type Clients = Child<ClientsAsk, ClientsAnswer>;

/** What serves the boards: ours over a desk, or the least that could. */
export type Served = Desk | 'socket.io' | 'ws';

/** A server in a process of its own, whose Node is started like an operator's. */
export async function startServer(served: Served): Promise<LiveServer> {
  const child = startChild<ServerAsk, ServerAnswer>('./live-server.ts', { nodeArgs: [...serverOptions, '--expose-gc'] });
  const bare: ServerAsk = { start: served === 'ws' ? 'ws' : 'bare' };
  const ask: ServerAsk = typeof served === 'object' ? { start: 'live', url: served.url, appUrl: served.appUrl } : bare;
  return { ...child, address: (await child.ask(ask)).address };
}

export type Entrance = { slug: string; cookies: string[] };

/** More sockets than a person has would be turned away: each member signs in this often. */
const sessionsEach = 5;

/** Sessions of the team. */
export async function entranceOf(desk: Desk): Promise<Entrance> {
  await openAuth({ databaseUrl: desk.url, supabase: null });
  try {
    const database = { url: desk.url, owner: desk.owner, drop: () => desk.drop() };
    const signedIn = await Promise.all(
      desk.team.flatMap((member) => Array.from({ length: sessionsEach }, () => signInAs(database, member))),
    );
    return { slug: await slugOf(database, desk.cast.workspaceId), cookies: signedIn.map(({ cookie }) => cookie) };
  } finally {
    await closeAuth();
  }
}

/** Open boards in two processes, half of them in each; fifty at a time, or all in the same moment. */
export async function openBoards(
  server: Pick<LiveServer, 'address'>,
  { slug, cookies, atOnce = false }: Entrance & { atOnce?: boolean },
  count: number,
): Promise<(Clients & { openedMs: number })[]> {
  const clients = [0, 1].map(() => startChild<ClientsAsk, ClientsAnswer>('./live-clients.ts'));
  const open = { url: server.address, slug, cookies, count: count / 2, atOnce };
  return Promise.all(
    clients.map(async (client) => {
      const { openedMs } = await client.ask({ open });
      return { ...client, openedMs };
    }),
  );
}
