import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startJobs } from '#server/jobs/index.ts';
import { migrate } from '#server/database/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

/** A minute of the jobs is two seconds of ours, in the processes and in the database. */
const speed = 30;

let database: TestDatabase;
const running: Runner[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await Promise.all(running.map(({ stop }) => stop()));
  await database.drop();
});

type Runner = { runs: string[]; stop(): Promise<void> };

async function startRunner(since: number): Promise<Runner> {
  const { VITEST: _, ...environment } = process.env;
  const args = ['tests/support/jobs-process.ts', database.url, String(since), String(speed)];
  const child: ChildProcess = spawn(process.execPath, args, {
    env: { ...environment, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const started = Promise.withResolvers<void>();
  void ended.then(() => started.reject(new Error('The jobs did not start')));
  const runner: Runner = {
    runs: [],
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
  running.push(runner);
  if (!child.stdout) throw new Error('it writes nowhere');
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'started') return started.resolve();
    const { part, job, msg } = JSON.parse(line) as { part: string; job: string; msg: string };
    if (part === 'jobs' && msg === 'done') runner.runs.push(job);
  });
  await started.promise;
  return runner;
}

test('of several processes one runs each job, once each time it is due', async () => {
  const { owner, url } = database;
  const first = await startJobs({ ownerUrl: url, databaseUrl: await migrate(url) });
  await first.stop();
  const since = Date.now();
  await owner.unsafe(`
    create or replace function pgboss.job_now() returns timestamptz language sql stable
    as $$ select to_timestamp(${since / 1000}) + (now() - to_timestamp(${since / 1000})) * ${speed} $$
  `);
  await owner`delete from pgboss.job`;
  const runners = await Promise.all([1, 2, 3].map(() => startRunner(since)));
  const from = await minute();
  await owner`update pgboss.schedule set cron = '* * * * *' where name = 'tidy'`;
  const ran = () => runners.flatMap(({ runs }) => runs.filter((job) => job === 'tidy')).length;
  await until(() => Promise.resolve(ran() >= 4));
  // The minute that had begun before counts, and the one that begins now.
  expect(ran()).toBeLessThanOrEqual((await minute()) - from + 1);
  // What one took, nobody else ran.
  await owner`delete from pgboss.schedule where name = 'tidy'`;
  await until(async () => (await count(['created', 'retry', 'active'])) === 0);
  await until(async () => ran() >= (await count(['completed'])));
  expect(ran()).toBe(await count(['completed']));

  async function count(states: string[]): Promise<number> {
    const [row] = await owner<{ count: number }[]>`
      select count(*)::int from pgboss.job where name = 'tidy' and state::text = any(${states})
    `;
    return row?.count ?? 0;
  }

  async function minute(): Promise<number> {
    const [row] = await owner<{ minute: number }[]>`
      select floor(extract(epoch from pgboss.job_now()) / 60)::int as minute
    `;
    return row?.minute ?? 0;
  }
});
