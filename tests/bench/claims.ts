import { randomUUID } from 'node:crypto';
import { connect } from '#server/database/pool.ts';
import { execute } from '#server/execute.ts';
import { connections, type Desk } from './desk.ts';
import { figure, grouped, median, share, type Measured } from './figures.ts';
import { each } from './keys.ts';
import { repeat, type Bench, type Part } from './part.ts';
import { races } from './races.ts';

/** Claimed before the clock runs: connections open, plans and machine code are made, half of it with a grown ledger. */
const warmUp = 300;

/** How many claims a second one process commits, in one workspace, with few and with many callers at once. */
export const claims: Part = {
  keys: [
    ...each('claims', [1, 8, 32], ['per_s']),
    ...each('limit.claims', [1, 8, 32], ['per_s']),
    'claims.8_of_10000.per_s',
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
        limit: `four bare statements in one transaction: ${grouped(Math.round(bare))}/s (${share(ours, bare)}); the processor, PostgreSQL's and Node's`,
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
  return [...figures, ...(await races(bench))];
}

type Setting = { callers: number; tickets: number };

function measured(bench: Bench, { callers, tickets }: Setting) {
  return repeat(bench.runs, async () => {
    const desk = await bench.cluster.desk({ tickets: tickets + warmUp, team: callers });
    try {
      const [first, rest] = [desk.tickets.slice(0, warmUp), desk.tickets.slice(warmUp, warmUp + 1_000)];
      await rateOf(callers, first.slice(0, warmUp / 2), (ticket, caller) => claim(desk, ticket, caller));
      // A desk that was opened a second ago has plans for an empty ledger; autovacuum ends that within a minute.
      await desk.owner`analyze`;
      await rateOf(callers, first.slice(warmUp / 2), (ticket, caller) => claim(desk, ticket, caller));
      const ours = await rateOf(callers, rest, (ticket, caller) => claim(desk, ticket, caller));
      return { ours, bare: await bareRate(desk, callers, rest.length) };
    } finally {
      await desk.drop();
    }
  });
}

async function claim({ team, cast }: Desk, ticket: string, caller: number): Promise<void> {
  const member = team[caller] ?? cast.ben;
  const answer = await execute(member, { id: randomUUID(), name: 'ticket.claim', input: { ticket } });
  if (!answer.ok) throw new Error(`A claim was refused: ${answer.error.code}`);
}

/** So long at most, on whatever machine; a rate is one after a few seconds. */
const mostMs = 6_000;

/** Callers who each take the next one as soon as they are done with theirs. @returns how many were done in a second */
async function rateOf<T>(callers: number, work: readonly T[], one: (item: T, caller: number) => Promise<unknown>) {
  let done = 0;
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      while (performance.now() - begin < mostMs) {
        const item = work[done++];
        if (item === undefined) return;
        await one(item, caller);
      }
    }),
  );
  return Math.min(done, work.length) / ((performance.now() - begin) / 1000);
}

/** The least that a claim can be: begin, take the row if nobody has it, write down who, commit. */
async function bareRate({ url, owner }: Desk, callers: number, count: number): Promise<number> {
  await owner`create table bare (id int primary key, holder int)`;
  await owner`create table bare_log (id bigint generated always as identity primary key, ticket int, holder int)`;
  await owner`insert into bare select i from generate_series(1, ${count + warmUp}::int) i`;
  const sql = connect(url, { connections, name: 'lotse bench bare' });
  const one = (id: number, caller: number) =>
    sql.begin(async (tx) => {
      await tx`update bare set holder = ${caller} where id = ${id} and holder is null`;
      await tx`insert into bare_log (ticket, holder) values (${id}, ${caller})`;
    });
  try {
    const ids = Array.from({ length: count + warmUp }, (_, i) => i + 1);
    await rateOf(callers, ids.slice(0, warmUp), one);
    return await rateOf(callers, ids.slice(warmUp), one);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
