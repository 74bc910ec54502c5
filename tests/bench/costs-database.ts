import { randomUUID } from 'node:crypto';
import { eventsAfter, heads } from '#server/domain/feed.ts';
import { wake } from '#server/database/wake.ts';
import { execute } from '#server/execute.ts';
import { now } from './clock.ts';
import { cpuMsWithChildren, postmasterOf } from './cpu.ts';
import type { Desk } from './desk.ts';
import { figure, median, type Measured } from './figures.ts';
import { repeat, type Bench } from './part.ts';

const callers = 8;
const warmUp = 100;

/** A claim without anybody who looks on. */
export async function databaseCosts(bench: Bench): Promise<Measured[]> {
  const claims = bench.size(200, 40);
  const desk = await bench.cluster.desk({ tickets: warmUp + claims * bench.runs, team: callers });
  try {
    const tickets = desk.tickets.values();
    await claimSome(desk, tickets, warmUp);
    await desk.owner`analyze`;
    const postmaster = await postmasterOf(desk.owner);
    const runs = await repeat(bench.runs, async () => {
      const before = await books(desk, postmaster);
      await claimSome(desk, tickets, claims);
      const after = await books(desk, postmaster);
      const each = (what: keyof typeof before) => (after[what] - before[what]) / claims;
      return { process: each('process'), database: each('database'), walKb: each('wal') / 1024 };
    });
    const reads = await repeat(bench.runs, () => readingCpuMs(desk, postmaster));
    const commits = await repeat(bench.runs, () => commitMs(desk));
    const ms = 'processor time per claim';
    return [
      figure({ key: 'cost.claim.process_cpu_ms', unit: 'ms', runs: runs.map((run) => run.process), limit: `${ms}, Node` }),
      figure({ key: 'cost.claim.database_cpu_ms', unit: 'ms', runs: runs.map((run) => run.database), limit: `${ms}, PostgreSQL with all its processes` }),
      figure({ key: 'cost.claim.wal_kb', unit: 'KB', runs: runs.map((run) => run.walKb), limit: 'log of changes per claim: disk, replicas, backup' }),
      figure({ key: 'cost.feed_read.database_cpu_ms', unit: 'ms', runs: reads, limit: 'PostgreSQL for a wake-up and one reading of one event by one process' }),
      figure({ key: 'cost.counter.held_ms', unit: 'ms', runs: commits, limit: 'commit with one event to stamp: so long no other one of the workspace commits' }),
    ];
  } finally {
    await desk.drop();
  }
}

/** Each caller takes the next ticket when he has his. */
export async function claimSome({ team }: Pick<Desk, 'team'>, tickets: Iterator<string>, count: number): Promise<void> {
  let left = count;
  await Promise.all(
    team.slice(0, callers).map(async (member) => {
      while (left-- > 0) await claim(member, tickets);
    }),
  );
}

export async function claim(
  member: Desk['team'][number],
  tickets: Iterator<string>,
  id: string = randomUUID(),
): Promise<void> {
  const input = { ticket: String(tickets.next().value ?? '') };
  const answer = await execute(member, { id, name: 'ticket.claim', input });
  if (!answer.ok) throw new Error(`A claim was refused: ${answer.error.code}`);
}

async function books({ owner }: Desk, postmaster: number) {
  const [log] = await owner<{ bytes: number }[]>`select (pg_current_wal_lsn() - '0/0')::float8 as bytes`;
  const { user, system } = process.cpuUsage();
  return { process: (user + system) / 1000, database: cpuMsWithChildren(postmaster), wal: log?.bytes ?? NaN };
}

/** What one process asks of the database for one event. */
async function readingCpuMs({ cast: { workspaceId } }: Desk, postmaster: number): Promise<number> {
  const readings = 200;
  const head = (await heads([workspaceId])).get(workspaceId) ?? 0;
  const before = cpuMsWithChildren(postmaster);
  for (let i = 0; i < readings; i++) {
    wake(workspaceId);
    await eventsAfter({ workspaceId, after: head - 1, most: 500 });
  }
  return (cpuMsWithChildren(postmaster) - before) / readings;
}

/** The commit alone, during which the workspace's counter is locked; without the way to the database and back. */
async function commitMs({ owner, cast }: Desk): Promise<number> {
  const times: number[] = [];
  const ways: number[] = [];
  const reserved = await owner.reserve();
  try {
    for (let i = 0; i < 60; i++) {
      await reserved`begin`;
      await reserved`
        insert into lotse.events (workspace_id, class, type, actor_kind, audience)
        values (${cast.workspaceId}, 'staff', 'bench.measured', 'system', array['staff'])
      `;
      ways.push(await timed(() => reserved`select 1`));
      times.push(await timed(() => reserved`commit`));
    }
  } finally {
    reserved.release();
  }
  return Math.max(0, median(times) - median(ways));
}

async function timed(work: () => PromiseLike<unknown>): Promise<number> {
  const begin = now();
  await work();
  return now() - begin;
}
