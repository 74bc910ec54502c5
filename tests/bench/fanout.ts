import { randomUUID } from 'node:crypto';
import { setPriority } from 'node:os';
import { entranceOf, openBoards, startServer, type Clients, type Entrance, type LiveServer, type Served } from './boards.ts';
import type { Desk } from './desk.ts';
import { figure, median, percentile, round, type Measured } from './figures.ts';
import { each } from './keys.ts';
import { loads } from './loads.ts';
import { repeat, type Bench, type Part } from './part.ts';

const audiences = loads.map(({ audience }) => audience);
const times = ['server_p50_ms', 'server_p99_ms', 'end_p50_ms', 'end_p99_ms'];

/** Niceness of the boards' processes. */
const yielding = 10;

/** How soon everybody who has the board open sees a claim, at the claims a second of each load. */
export const fanout: Part = {
  keys: ['fanout', 'limit.socketio', 'limit.ws'].flatMap((what) => each(what, audiences, times)),
  measure: measureFanout,
};

async function measureFanout(bench: Bench): Promise<Measured[]> {
  const figures: Measured[] = [];
  for (const { audience, ...load } of loads) {
    const boards = bench.size(audience, Math.min(audience, 200));
    const claims = bench.size(load.claims, 10);
    bench.say(`fanout: ${boards} boards`);
    const desk = await bench.cluster.desk({ tickets: claims * (bench.runs + 1), team: 20 });
    try {
      const entrance = await entranceOf(desk);
      const setting = { desk, entrance, boards, claims, perSecond: load.perSecond };
      const ours = await measured(bench, desk, setting);
      const bare = await measured(bench, 'socket.io', setting);
      const plain = await measured(bench, 'ws', setting);
      figures.push(...describe(audience, ours, bare), ...describeLimits(audience, { socketio: bare, ws: plain }));
    } finally {
      await desk.drop();
    }
  }
  return figures;
}

type Run = { server: number[]; end: number[] };

function describe(audience: number, ours: Run[], bare: Run[]): Measured[] {
  return [50, 99].flatMap((percent) => {
    const runs = (which: keyof Run, from: Run[]) => from.map((run) => percentile(run[which], percent));
    const least = { server: round(median(runs('server', bare))), end: round(median(runs('end', bare))) };
    return [
      figure({
        key: `fanout.${audience}.server_p${percent}_ms`,
        unit: 'ms',
        runs: runs('server', ours),
        limit: `commit to last write; reading the ledger and one write for each socket (Socket.io alone: ${least.server})${slowest(percent, ours)}`,
      }),
      figure({
        key: `fanout.${audience}.end_p${percent}_ms`,
        unit: 'ms',
        runs: runs('end', ours),
        limit: `sent to last board, whose processes have what the server leaves of the cores (Socket.io alone: ${least.end})${slowest(percent, ours)}`,
      }),
    ];
  });
}

/** Of fewer than a hundred no hundredth can be told from the slowest. */
function slowest(percent: number, runs: readonly Run[]): string {
  const claims = runs[0]?.end.length ?? 0;
  return percent === 99 && claims < 100 ? `; the slowest of the ${claims} claims of a run` : '';
}

function describeLimits(audience: number, limits: Record<'socketio' | 'ws', Run[]>): Measured[] {
  return (['socketio', 'ws'] as const).flatMap((which) =>
    (['server', 'end'] as const).flatMap((side) =>
      [50, 99].map((percent) =>
        figure({
          key: `limit.${which}.${audience}.${side}_p${percent}_ms`,
          unit: 'ms',
          runs: limits[which].map((run) => percentile(run[side], percent)),
          limit: `one write for each socket, no database${side === 'end' ? '; the processes of the boards have what it leaves of the cores' : ''}${slowest(percent, limits[which])}`,
        }),
      ),
    ),
  );
}

type Setting = { desk: Desk; entrance: Entrance; boards: number; claims: number; perSecond: number };

async function measured(bench: Bench, served: Served, { desk, entrance, ...setting }: Setting): Promise<Run[]> {
  const server = await startServer(served);
  try {
    const { cookies, slug } = entrance;
    const clients = await openBoards(server, { cookies, slug: served === 'ws' ? '' : slug }, setting.boards);
    // They stand for other people's machines: where there are cores for both, the server has them first.
    for (const { pid } of clients) setPriority(pid, yielding);
    try {
      const ours = served === desk ? desk : null;
      const tickets = (ours?.tickets ?? []).values();
      const next = () => claimSome(server, clients, { desk: ours, tickets, ...setting });
      // Nobody's first claims count.
      await claimSome(server, clients, { desk: ours, tickets, ...setting, claims: Math.ceil(setting.claims / 5) });
      return await repeat(bench.runs, next);
    } finally {
      await Promise.all(clients.map((client) => client.stop()));
    }
  } finally {
    await server.stop();
  }
}

type Claims = { desk: Desk | null; boards: number; tickets: Iterator<string>; claims: number; perSecond: number };

async function claimSome(server: LiveServer, clients: Clients[], { desk, boards, tickets, ...load }: Claims) {
  const [first] = clients;
  if (!first) throw new Error('There are no clients');
  const calls = Array.from({ length: load.claims }, () => ({ id: randomUUID(), ticket: String(tickets.next().value ?? '') }));
  const { sent } = await first.ask({ claim: { calls, perSecond: load.perSecond } });
  const reports = await Promise.all(clients.map((client) => client.ask({ heard: calls.map(({ id }) => id) })));
  const { committed, emitted } = await server.ask({ tell: 'times' });
  const commits = new Map(desk ? committed : sent);
  const written = new Map(emitted);
  const run: Run = { server: [], end: [] };
  for (const [id, sentAt] of sent) {
    const told = reports.flatMap(({ heard }) => heard.filter(([command]) => command === id));
    const count = told.reduce((sum, [, each]) => sum + each, 0);
    if (count !== boards) throw new Error(`A claim reached ${count} of ${boards} boards`);
    run.end.push(Math.max(...told.map(([, , last]) => last)) - sentAt);
    run.server.push((written.get(id) ?? NaN) - (commits.get(id) ?? NaN));
  }
  return run;
}
