// Our jobs in a process of their own, by a clock that runs faster: `node jobs-process.ts <owner's database address> <since> <speed>`.
import type { Clock } from 'pg-boss';
import { migrate } from '#server/database/migrate.ts';
import { open } from '#server/database/pool.ts';
import { startJobs } from '#server/jobs/index.ts';

const [, , ownerUrl = '', since = '', speed = ''] = process.argv;
const [sinceMs, times] = [Number(since), Number(speed)];

type Timer = ReturnType<typeof setTimeout>;

/** As `pgboss.job_now()` in the database of the test. */
const fast: Clock = {
  now: () => sinceMs + (Date.now() - sinceMs) * times,
  setTimeout: (work, ms) => setTimeout(work, ms / times),
  clearTimeout: (timer) => clearTimeout(timer as Timer),
  setInterval: (work, ms) => setInterval(work, ms / times),
  clearInterval: (timer) => clearInterval(timer as Timer),
};

const databaseUrl = await migrate(ownerUrl);
open(databaseUrl, { connections: 2, name: 'lotse test jobs' });
await startJobs({ ownerUrl, databaseUrl }, fast);
process.stdout.write('started\n');
