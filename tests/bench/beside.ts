import { randomUUID } from 'node:crypto';
import { sliceFrom, type Part as Slice } from '#lib/shared/parts.ts';
import { startServer } from '../support/server.ts';
import { entranceOf, openBoards, type Clients, type Entrance } from './boards.ts';
import { figure, grouped, median, percentile, round, type Measured } from './figures.ts';
import { keys } from './keys.ts';
import { repeat, type Bench, type Part } from './part.ts';

const boards = 100;
const perSecond = 20;

/** How soon a hundred boards see a claim while somebody opens a board of ten thousand cards each second, by the same server. */
export const beside: Part = { keys: keys.beside, measure: measureBeside };

async function measureBeside(bench: Bench): Promise<Measured[]> {
  const claims = bench.size(100, 40);
  const desk = await bench.cluster.desk({ tickets: bench.size(10_000, 3_000), team: 20 });
  try {
    const entrance = await entranceOf(desk);
    const server = await startServer(desk.url, { SMTP_URL: '', ORIGIN: '', SMTP_IN_PORT: '' });
    const clients = await openBoards(server, entrance, boards);
    try {
      const tickets = desk.tickets.values();
      const calls = () =>
        Array.from({ length: claims }, () => ({ id: randomUUID(), ticket: String(tickets.next().value ?? '') }));
      await claimSome(clients, calls());
      const alone = await claimSome(clients, calls());
      const runs = await repeat(bench.runs, () => besideLoads(server.address, entrance, () => claimSome(clients, calls())));
      const cards = median(runs.map((run) => run.cards));
      return [
        figure({
          key: 'fanout.beside_big_loads.end_p99_ms',
          unit: 'ms',
          runs: runs.map(({ ends }) => percentile(ends, 99)),
          limit: `sent to the last of ${boards} boards (without loads ${round(percentile(alone, 99))}); ${grouped(cards)} cards each second: PostgreSQL and packing them take the same cores`,
        }),
      ];
    } finally {
      await Promise.all(clients.map((client) => client.stop()));
      await server.stop();
    }
  } finally {
    await desk.drop();
  }
}

/** Milliseconds from sending each claim to its arrival on the last board. */
async function claimSome(clients: Clients[], calls: { id: string; ticket: string }[]): Promise<number[]> {
  const [first] = clients;
  if (!first) throw new Error('There are no clients');
  const { sent } = await first.ask({ claim: { calls, perSecond } });
  const reports = await Promise.all(clients.map((client) => client.ask({ heard: calls.map(({ id }) => id) })));
  return sent.map(([id, at]) => {
    const told = reports.flatMap(({ heard }) => heard.filter(([command]) => command === id));
    const count = told.reduce((sum, [, each]) => sum + each, 0);
    if (count !== boards) throw new Error(`A claim reached ${count} of ${boards} boards`);
    return Math.max(...told.map(([, , last]) => last)) - at;
  });
}

async function besideLoads(address: string, { slug, cookies: [cookie = ''] }: Entrance, work: () => Promise<number[]>) {
  const loads: Promise<number>[] = [];
  const timer = setInterval(() => loads.push(openBoard(address, slug, cookie)), 1_000);
  loads.push(openBoard(address, slug, cookie));
  const ends = await work().finally(() => clearInterval(timer));
  return { ends, cards: median(await Promise.all(loads)) };
}

/** The page and all parts, as a browser asks for them. @returns how many cards came in the parts */
async function openBoard(address: string, slug: string, cookie: string): Promise<number> {
  const options = { headers: { cookie }, signal: AbortSignal.timeout(60_000) };
  await (await fetch(`${address}/${slug}/board`, options)).text();
  let cards = 0;
  for (let next: Slice['next'] | undefined; next !== null;) {
    const query = next ? `?${new URLSearchParams(next)}` : '';
    const response = await fetch(`${address}/api/v1/${slug}/board${query}`, options);
    const part = (await response.json()) as Slice;
    cards += sliceFrom(part).cards.length;
    next = part.next;
  }
  return cards;
}
