import { entranceOf, openBoards, startServer } from './boards.ts';
import type { Desk } from './desk.ts';
import { figure, median, round } from './figures.ts';
import { repeat, type Part } from './part.ts';

/** What the server's process grows by for each board that is open and quiet. */
export const idle: Part = async (bench) => {
  const viewers = bench.size(1_000, 200);
  const desk = await bench.cluster.desk({ tickets: 100, team: 20 });
  try {
    bench.say(`idle: ${viewers} boards`);
    const ours = await repeat(bench.runs, () => perViewer(desk, desk, viewers));
    const bare = await repeat(bench.runs, () => perViewer(desk, null, viewers));
    const limit = `Socket.io alone: ${round(median(bare))}; its objects, and the kernel's share is not in it`;
    return [figure({ name: `memory per idle viewer of ${viewers.toLocaleString('en')}`, unit: 'KiB', runs: ours, limit })];
  } finally {
    await desk.drop();
  }
};

async function perViewer(desk: Desk, served: Desk | null, viewers: number): Promise<number> {
  const server = await startServer(served);
  try {
    const entrance = await entranceOf(desk);
    // What only the first viewers cost (code, the channel, its ring) is no cost of each.
    const first = await openBoards(server, entrance, 20);
    const before = (await server.ask({ tell: 'memory' })).memory;
    const clients = await openBoards(server, entrance, viewers);
    const after = (await server.ask({ tell: 'memory' })).memory;
    await Promise.all([...first, ...clients].map((client) => client.stop()));
    return (after - before) / viewers / 1024;
  } finally {
    await server.stop();
  }
}
