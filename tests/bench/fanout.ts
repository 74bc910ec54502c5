import { randomUUID } from 'node:crypto';
import { entranceOf, openBoards, startServer, type Clients, type Entrance, type LiveServer } from './boards.ts';
import type { Desk } from './desk.ts';
import { figure, median, percentile, round, type Measured } from './figures.ts';
import { each } from './keys.ts';
import { repeat, type Bench, type Part } from './part.ts';

const perSecond = 20;
const audiences = [100, 1_000];
const times = ['server_p50_ms', 'server_p99_ms', 'end_p50_ms', 'end_p99_ms'];

/** How soon everybody who has the board open sees a claim, at 20 claims a second. */
export const fanout: Part = {
  keys: [...each('fanout', audiences, times), ...each('limit.socketio', audiences, times)],
  measure: measureFanout,
};

async function measureFanout(bench: Bench): Promise<Measured[]> {
  const figures: Measured[] = [];
  for (const audience of audiences) {
    const boards = bench.size(audience, Math.min(audience, 200));
    const claims = bench.size(100, 40);
    bench.say(`fanout: ${boards} boards`);
    const desk = await bench.cluster.desk({ tickets: claims * (bench.runs + 1), team: 20 });
    try {
      const entrance = await entranceOf(desk);
      const ours = await measured(bench, { desk, entrance, boards, claims });
      const bare = await measured(bench, { desk: null, entrance, boards, claims });
      figures.push(...describe(audience, ours, bare));
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
        limit: `commit to last write; reading the ledger and one write for each socket (Socket.io alone: ${least.server})`,
      }),
      figure({
        key: `fanout.${audience}.end_p${percent}_ms`,
        unit: 'ms',
        runs: runs('end', ours),
        limit: `sent to last board, whose processes share the cores (Socket.io alone: ${least.end})`,
      }),
      figure({
        key: `limit.socketio.${audience}.server_p${percent}_ms`,
        unit: 'ms',
        runs: runs('server', bare),
        limit: 'one write for each socket, no database',
      }),
      figure({
        key: `limit.socketio.${audience}.end_p${percent}_ms`,
        unit: 'ms',
        runs: runs('end', bare),
        limit: 'the same, with the processes of the boards on the same cores',
      }),
    ];
  });
}

type Setting = { desk: Desk | null; entrance: Entrance; boards: number; claims: number };

async function measured(bench: Bench, { desk, entrance, boards, claims }: Setting): Promise<Run[]> {
  const server = await startServer(desk);
  try {
    const clients = await openBoards(server, entrance, boards);
    try {
      const tickets = (desk?.tickets ?? []).values();
      const next = () => claimSome(server, clients, { desk, boards, tickets, claims });
      // Nobody's first claims count.
      await next();
      return await repeat(bench.runs, next);
    } finally {
      await Promise.all(clients.map((client) => client.stop()));
    }
  } finally {
    await server.stop();
  }
}

type Claims = { desk: Desk | null; boards: number; tickets: Iterator<string>; claims: number };

async function claimSome(server: LiveServer, clients: Clients[], { desk, boards, tickets, claims }: Claims) {
  const [first] = clients;
  if (!first) throw new Error('There are no clients');
  const calls = Array.from({ length: claims }, () => ({ id: randomUUID(), ticket: String(tickets.next().value ?? '') }));
  const { sent } = await first.ask({ claim: { calls, perSecond } });
  const reports = await Promise.all(clients.map((client) => client.ask({ heard: calls.map(({ id }) => id) })));
  const { committed, emitted } = await server.ask({ tell: 'times' });
  const commits = desk ? await commandsOf(desk, new Map(committed)) : new Map(sent);
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

/** When each command was known to be committed. */
async function commandsOf({ owner }: Desk, committed: Map<number, number>): Promise<Map<string, number>> {
  const rows = await owner<{ id: number; commandId: string }[]>`
    select id, command_id from lotse.events where id = any (${[...committed.keys()]}::bigint[])
  `;
  return new Map(rows.map(({ id, commandId }) => [commandId, committed.get(id) ?? NaN]));
}
