import { entranceOf, openBoards, startServer } from './boards.ts';
import type { Desk } from './desk.ts';
import { figure, type Measured } from './figures.ts';
import { repeat, type Bench, type Part } from './part.ts';

/** How long it takes until all are live who open the board in the same moment, as after a meeting or a restart. */
export const join: Part = { keys: ['join.500.all_ready_s'], measure: measureJoin };

async function measureJoin(bench: Bench): Promise<Measured[]> {
  const viewers = bench.size(500, 100);
  bench.say(`join: ${viewers} boards at once`);
  const desk = await bench.cluster.desk({ tickets: 1_000, team: 20 });
  try {
    return [
      figure({
        key: 'join.500.all_ready_s',
        unit: 's',
        runs: await repeat(bench.runs, () => joinAll(desk, viewers)),
        limit: 'knocked to told where the feed is, of the last; who they are and what they may see is asked for many at once; without the page itself',
      }),
    ];
  } finally {
    await desk.drop();
  }
}

async function joinAll(desk: Desk, viewers: number): Promise<number> {
  const server = await startServer(desk);
  try {
    const entrance = await entranceOf(desk);
    // What only the first viewers cost (code, the channel, its ring) was paid before.
    const first = await openBoards(server, entrance, 20);
    const clients = await openBoards(server, { ...entrance, atOnce: true }, viewers);
    const tookMs = Math.max(...clients.map(({ openedMs }) => openedMs));
    await Promise.all([...first, ...clients].map((client) => client.stop()));
    return tookMs / 1000;
  } finally {
    await server.stop();
  }
}
