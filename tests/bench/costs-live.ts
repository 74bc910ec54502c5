import { randomUUID } from 'node:crypto';
import type { Frame } from '#lib/shared/board.ts';
import { Page } from '../support/live.ts';
import { entranceOf, openBoards, startServer, type Clients, type Entrance, type LiveServer } from './boards.ts';
import { now } from './clock.ts';
import { claim } from './costs-database.ts';
import { cpuMsOf, cpuMsWithChildren, postmasterOf } from './cpu.ts';
import type { Desk } from './desk.ts';
import { figure, median, type Measured } from './figures.ts';
import { repeat, type Bench } from './part.ts';

const few = 100;
const perSecond = 20;
/** Enough to be told in hundredths of a second, and no more than one page may ask at once. */
const asks = 150;

type Watched = { desk: Desk; server: LiveServer; clients: Clients[]; postmaster: number; tickets: Iterator<string> };

/** What an event costs once, what each who looks on adds, and what it costs to let him in. */
export async function liveCosts(bench: Bench): Promise<Measured[]> {
  const [many, claims] = [bench.size(1_000, 300), bench.size(40, 20)];
  const desk = await bench.cluster.desk({ tickets: claims * 2 * (bench.runs + 1) + bench.runs, team: 20 });
  const server = await startServer(desk);
  const clients: Clients[] = [];
  try {
    const entrance = await entranceOf(desk);
    const postmaster = await postmasterOf(desk.owner);
    const watched: Watched = { desk, server, clients, postmaster, tickets: desk.tickets.values() };
    clients.push(...(await openBoards(server, entrance, few)));
    await told(watched, claims);
    const withFew = await repeat(bench.runs, () => told(watched, claims));
    const joins = await repeat(bench.runs, () => joining(watched, entrance, (many - few) / bench.runs));
    await told(watched, claims);
    const withMany = await repeat(bench.runs, () => told(watched, claims));
    if (withMany.some(({ reached }) => reached !== many)) throw new Error('An event did not reach all boards');
    const back = await repeat(bench.runs, () => comingBack(watched, { ...entrance, missed: claims * bench.runs }));
    const base = median(withFew.map((run) => run.server));
    const deliveries = withMany.map((run) => (run.server - base) / (many - few));
    const events = withFew.map((run) => Math.max(0, run.server - few * median(deliveries)));
    return [
      inUs('cost.event.cpu_us', events, 'per event in a process that only reads and sends it'),
      inUs('cost.delivery.cpu_us', deliveries, `per event and viewer, from ${few} boards against ${many}`),
      inUs('cost.delivery.receiver_cpu_us', withMany.map((run) => run.clients / many), 'per event in a client of Node; browsers draw, too'),
      figure({ key: 'cost.frame.bytes', unit: 'bytes', runs: back.map(({ bytes }) => bytes), limit: 'a claim as it travels' }),
      inUs('cost.catchup.cpu_us', back.map(({ ms }) => ms), 'per event that one who comes back is given from memory'),
      figure({ key: 'cost.join.process_cpu_ms', unit: 'ms', runs: joins.map((run) => run.process), limit: 'processor time per viewer who connects, Node' }),
      figure({ key: 'cost.join.database_cpu_ms', unit: 'ms', runs: joins.map((run) => run.database), limit: 'the same in PostgreSQL: session, rights and seat; his board comes beside it' }),
    ];
  } finally {
    await Promise.all(clients.map((client) => client.stop()));
    await server.stop();
    await desk.drop();
  }
}

function inUs(key: string, ms: number[], limit: string): Measured {
  return figure({ key, unit: 'µs', runs: ms.map((each) => each * 1_000), limit: `processor time ${limit}` });
}

/** Claims that are made in this process and told by the server. @returns milliseconds of processor per event */
async function told({ desk, server, clients, tickets }: Watched, claims: number) {
  const before = [cpuMsOf(server.pid), sumOf(clients)] as const;
  const begin = now();
  const ids = Array.from({ length: claims }, () => randomUUID());
  for (const [i, id] of ids.entries()) {
    await sleep(begin + (i * 1_000) / perSecond - now());
    await claim(desk.team[0] ?? desk.cast.ben, tickets, id);
  }
  const reports = await Promise.all(clients.map((client) => client.ask({ heard: ids })));
  const reached = reports.flatMap(({ heard }) => heard).reduce((sum, [, count]) => sum + count, 0);
  const after = [cpuMsOf(server.pid), sumOf(clients)] as const;
  return { reached: reached / claims, server: (after[0] - before[0]) / claims, clients: (after[1] - before[1]) / claims };
}

async function joining({ server, clients, postmaster }: Watched, entrance: Entrance, count: number) {
  const before = [cpuMsOf(server.pid), cpuMsWithChildren(postmaster)] as const;
  clients.push(...(await openBoards(server, entrance, count)));
  return {
    process: (cpuMsOf(server.pid) - before[0]) / count,
    database: (cpuMsWithChildren(postmaster) - before[1]) / count,
  };
}

type Back = Entrance & { missed: number };

/** One who comes back: how large a frame is, and what it costs to give him those that he missed. */
async function comingBack({ desk, server, tickets }: Watched, { slug, cookies, missed }: Back) {
  const page = new Page(server.address, { auth: { workspace: slug }, cookie: cookies[0] ?? '' });
  try {
    await page.ready();
    const arrived = new Promise<Frame>((resolve) => page.socket.once('event', resolve));
    await claim(desk.team[0] ?? desk.cast.ben, tickets);
    const frame = await arrived;
    const before = cpuMsOf(server.pid);
    let told = 0;
    for (let i = 0; i < asks; i++) {
      const answer = await page.catchUp(frame.seq - missed);
      if (!('frames' in answer)) throw new Error('A new snapshot was asked for');
      // Fewer than were missed: what a customer is told has a seq, too.
      told += answer.frames.length;
    }
    const ms = (cpuMsOf(server.pid) - before) / told;
    // Socket.io's and Engine.io's digits and name, and four bytes of WebSocket.
    return { ms, bytes: Buffer.byteLength(`42["event",${JSON.stringify(frame)}]`) + 4 };
  } finally {
    page.close();
  }
}

function sumOf(clients: readonly Clients[]): number {
  return clients.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
