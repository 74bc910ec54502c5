import { randomUUID } from 'node:crypto';
import type { Actor } from '#server/database/actor.ts';
import { execute } from '#server/execute.ts';
import type { Desk } from './desk.ts';
import { figure, grouped, median, round, share, type Measured } from './figures.ts';
import { each } from './keys.ts';
import { repeat, type Bench, type Part } from './part.ts';
import { races } from './races.ts';
import { bareRate, rateOf, warmUp } from './rates.ts';
import { addWorkspaces } from './workspaces.ts';

/** How many claims a second one process commits, in one workspace, with few and with many callers at once. */
export const claims: Part = {
  keys: [
    ...each('claims', [1, 8, 32], ['per_s']),
    ...each('limit.claims', [1, 8, 32], ['per_s']),
    'claims.8_of_10000.per_s',
    'claims.workspaces_20.per_s',
    'claims.double',
  ],
  measure: measureClaims,
};

async function measureClaims(bench: Bench): Promise<Measured[]> {
  const figures: Measured[] = [];
  for (const callers of [1, 8, 32]) {
    bench.say(`claims: ${callers} callers`);
    const rates = await measured(bench, { callers, tickets: bench.size(1_000, 300) });
    const [ours, bare] = [median(rates.map((run) => run.ours)), median(rates.map((run) => run.bare))];
    figures.push(
      figure({
        key: `claims.${callers}.per_s`,
        unit: '/s',
        runs: rates.map((run) => run.ours),
        limit: `four bare statements in one transaction: ${grouped(Math.round(bare))}/s (${share(ours, bare)}); ${spent(rates)}`,
      }),
      figure({
        key: `limit.claims.${callers}.per_s`,
        unit: '/s',
        runs: rates.map((run) => run.bare),
        limit: 'four bare statements in one transaction; the processor',
      }),
    );
  }
  bench.say('claims: 8 callers, 10,000 tickets');
  const large = await measured(bench, { callers: 8, tickets: bench.size(10_000, 1_000) });
  figures.push(
    figure({
      key: 'claims.8_of_10000.per_s',
      unit: '/s',
      runs: large.map((run) => run.ours),
      limit: 'as with 1,000: no statement of a claim reads more than its own rows',
    }),
  );
  bench.say('claims: 20 callers, one in each of 20 workspaces');
  const many = await repeat(bench.runs, () => inManyWorkspaces(bench));
  figures.push(
    figure({
      key: 'claims.workspaces_20.per_s',
      unit: '/s',
      runs: many.map((run) => run.ours),
      limit: `no counter is shared; bare beside it: ${grouped(Math.round(median(many.map((run) => run.bare))))}/s; ${spent(many)}`,
    }),
  );
  return [...figures, ...(await races(bench))];
}

/** Where the time went: of both processors, how much Node and PostgreSQL took for one claim. */
function spent(runs: readonly Rate[]): string {
  const node = median(runs.map((run) => run.nodeUs));
  return `Node spends ${grouped(round(node))} µs of processor on each, PostgreSQL most of the rest`;
}

/** Claims a second, those of the bare transaction right after them, and what Node's processor did for one claim of ours. */
type Rate = { ours: number; bare: number; nodeUs: number };

type Setting = { callers: number; tickets: number };

function measured(bench: Bench, { callers, tickets }: Setting) {
  return repeat(bench.runs, async () => {
    const desk = await bench.cluster.desk({ tickets: tickets + warmUp, team: callers });
    try {
      const [first, rest] = [desk.tickets.slice(0, warmUp), desk.tickets.slice(warmUp, warmUp + 1_000)];
      const one = (ticket: string, caller: number) => claim(desk.team[caller] ?? desk.cast.ben, ticket);
      return await rates(desk, { callers, first, rest, one });
    } finally {
      await desk.drop();
    }
  });
}

type Claiming = {
  callers: number;
  first: string[];
  rest: string[];
  one: (ticket: string, caller: number) => Promise<void>;
};

async function rates(desk: Desk, { callers, first, rest, one }: Claiming): Promise<Rate> {
  await rateOf(callers, first.slice(0, first.length / 2), one);
  // A desk that was opened a second ago has plans for an empty ledger; autovacuum ends that within a minute.
  await desk.owner`analyze`;
  await rateOf(callers, first.slice(first.length / 2), one);
  const [begin, before] = [performance.now(), process.cpuUsage()];
  const ours = await rateOf(callers, rest, one);
  const { user, system } = process.cpuUsage(before);
  const claimed = (ours * (performance.now() - begin)) / 1000;
  return { ours, bare: await bareRate(desk, callers, rest.length), nodeUs: (user + system) / claimed };
}

/** One caller for each workspace: nobody waits for anybody's counter. */
async function inManyWorkspaces(bench: Bench): Promise<Rate> {
  const desk = await bench.cluster.desk({ tickets: 0 });
  try {
    const each = bench.size(100, 30);
    const desks = await addWorkspaces(desk.owner, { workspaces: 20, tickets: each });
    const all = Array.from({ length: each }, (_, i) => desks.flatMap(({ tickets }) => tickets[i] ?? [])).flat();
    const ownerOf = new Map(desks.flatMap(({ member, tickets }) => tickets.map((ticket) => [ticket, member] as const)));
    const one = (ticket: string) => claim(ownerOf.get(ticket) ?? desk.cast.ben, ticket);
    const half = all.length / 5;
    return await rates(desk, { callers: desks.length, first: all.slice(0, half), rest: all.slice(half), one });
  } finally {
    await desk.drop();
  }
}

async function claim(actor: Actor, ticket: string): Promise<void> {
  const answer = await execute(actor, { id: randomUUID(), name: 'ticket.claim', input: { ticket } });
  if (!answer.ok) throw new Error(`A claim was refused: ${answer.error.code}`);
}
