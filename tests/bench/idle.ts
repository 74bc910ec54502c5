import { entranceOf, openBoards, startServer } from './boards.ts';
import type { Desk } from './desk.ts';
import { figure, median, round } from './figures.ts';
import type { Memory } from './live-server.ts';
import { repeat, type Part } from './part.ts';

/** What the server's process grows by for each board that is open and quiet. */
export const idle: Part = async (bench) => {
  const viewers = bench.size(1_000, 200);
  const desk = await bench.cluster.desk({ tickets: 100, team: 20 });
  try {
    bench.say(`idle: ${viewers} boards`);
    const ours = await repeat(bench.runs, () => perViewer(desk, desk, viewers));
    const bare = await repeat(bench.runs, () => perViewer(desk, null, viewers));
    const name = `memory per idle viewer of ${viewers.toLocaleString('en')}`;
    const runs = (which: keyof Memory, from: Memory[]) => from.map((each) => each[which]);
    return [
      figure({
        name: `${name}, process`,
        unit: 'KiB',
        runs: runs('process', ours),
        limit: `with the room that joining took and nobody gave back (Socket.io alone: ${round(median(runs('process', bare)))}); the kernel's buffers are not in it`,
      }),
      figure({
        name: `${name}, objects`,
        unit: 'KiB',
        runs: runs('objects', ours),
        limit: `what lives: sockets, handshakes, rooms (Socket.io alone: ${round(median(runs('objects', bare)))})`,
      }),
    ];
  } finally {
    await desk.drop();
  }
};

async function perViewer(desk: Desk, served: Desk | null, viewers: number): Promise<Memory> {
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
