import { randomUUID } from 'node:crypto';
import { execute } from '#server/execute.ts';
import type { Cluster, Desk } from './desk.ts';
import { figure, grouped, type Measured } from './figures.ts';
import type { Bench } from './part.ts';

const racers = 16;
const few = 8;

/** Many claims for few tickets, as a part of the benchmark: so long at most, on whatever machine. */
export async function races(bench: Bench): Promise<Measured[]> {
  const total = bench.size(20_000, 1_000);
  bench.say(`claims: ${grouped(total)} races`);
  const { run, won, doubles } = await raceFor({ cluster: bench.cluster, total, stop: AbortSignal.timeout(35_000) });
  const limit = `none may: one update decides; ${grouped(run)} races of ${racers} for ${few} tickets, ${grouped(won)} won`;
  return [figure({ key: 'claims.double', unit: '', runs: [doubles], limit })];
}

type Racing = {
  cluster: Cluster;
  total: number;
  /** Whoever waits no longer: what was run until then is checked all the same. */
  stop: AbortSignal;
  say?: (line: string) => void;
};

/**
 * Many claims for few tickets, given back as soon as they were won. The ledger must never tell of two holders at once. With
 * so many connections none waits for its turn in the process: all meet in the database, as those of many processes would.
 * @returns how many claims there were, and how many were told to have won
 */
export async function raceFor({ cluster, total, stop, say }: Racing) {
  const desk = await cluster.desk({ tickets: few, team: racers, connections: 4 * racers });
  try {
    const { run, won } = await race(desk, { total, stop, say });
    const [told] = await desk.owner<{ claims: number; doubles: number }[]>`
      select
        count(*) filter (where type = 'ticket.claimed') as claims,
        count(*) filter (where type = 'ticket.claimed' and before = 'ticket.claimed') as doubles
      from (
        select type, lag(type) over (partition by ticket_id order by seq) as before
        from lotse.events
        where class = 'staff' and type in ('ticket.claimed', 'ticket.released')
      ) told
    `;
    const doubles = (told?.doubles ?? 0) + Math.abs((told?.claims ?? 0) - won);
    if (doubles > 0) throw new Error(`${doubles} of ${run} races had two winners`);
    return { run, won, doubles };
  } finally {
    await desk.drop();
  }
}

type Race = Pick<Racing, 'total' | 'stop' | 'say'>;

async function race({ team, tickets }: Desk, { total, stop, say }: Race): Promise<{ run: number; won: number }> {
  let run = 0;
  let won = 0;
  await Promise.all(
    team.map(async (member) => {
      while (run < total && !stop.aborted) {
        if (run % 50_000 === 0) say?.(`${grouped(run)} races, ${grouped(won)} won`);
        const ticket = tickets[run++ % few] ?? '';
        const claimed = await execute(member, { id: randomUUID(), name: 'ticket.claim', input: { ticket } });
        if (!claimed.ok && claimed.error.code !== 'ticket.taken') throw new Error(`refused: ${claimed.error.code}`);
        if (!claimed.ok || claimed.seq === 0) continue;
        won++;
        const released = await execute(member, { id: randomUUID(), name: 'ticket.release', input: { ticket } });
        if (!released.ok) throw new Error(`could not be given back: ${released.error.code}`);
      }
    }),
  );
  return { run, won };
}
