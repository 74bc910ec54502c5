import { entranceOf, openBoards, startServer, type Served } from './boards.ts';
import type { Desk } from './desk.ts';
import { figure, median, round, type Measured } from './figures.ts';
import type { Memory } from './live-server.ts';
import { repeat, type Bench, type Part } from './part.ts';

/** What the server's process grows by for each board that is open and quiet. */
export const idle: Part = { keys: ['idle.kib_per_viewer'], measure: measureIdle };

async function measureIdle(bench: Bench): Promise<Measured[]> {
  const viewers = bench.size(1_000, 200);
  const desk = await bench.cluster.desk({ tickets: 100, team: 20 });
  try {
    bench.say(`idle: ${viewers} boards`);
    const ours = await repeat(bench.runs, () => perViewer(desk, desk, viewers));
    const bare = await repeat(bench.runs, () => perViewer(desk, 'socket.io', viewers));
    const runs = (which: keyof Memory, from: Memory[]) => from.map((each) => each[which]);
    const middle = (which: keyof Memory, from: Memory[]) => round(median(runs(which, from)));
    return [
      figure({
        key: 'idle.kib_per_viewer',
        unit: 'KiB',
        runs: runs('process', ours),
        limit: `growth of the process, with the room that joining took and nobody gave back (Socket.io alone, started alike: ${middle('process', bare)}); what lives: ${middle('objects', ours)} (${middle('objects', bare)})`,
      }),
    ];
  } finally {
    await desk.drop();
  }
}

async function perViewer(desk: Desk, served: Served, viewers: number): Promise<Memory> {
  const server = await startServer(served);
  try {
    const entrance = await entranceOf(desk);
    // What only the first viewers cost (code, the channel, its ring) is no cost of each.
    const first = await openBoards(server, entrance, 20);
    const before = (await server.ask({ tell: 'memory' })).memory;
    const clients = await openBoards(server, entrance, viewers);
    const after = (await server.ask({ tell: 'memory' })).memory;
    await Promise.all([...first, ...clients].map((client) => client.stop()));
    const each = (which: keyof Memory) => (after[which] - before[which]) / viewers / 1024;
    return { process: each('process'), objects: each('objects') };
  } finally {
    await server.stop();
  }
}
