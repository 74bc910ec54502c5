import { PgBoss, systemClock, type Clock } from 'pg-boss';
import { connect } from '#server/database/pool.ts';
import { tidy } from '#server/domain/housekeeping.ts';
import { resumeDue } from '#server/domain/tickets/resume.ts';
import { sweep } from '#server/files.ts';
import { log, reportUnexpected } from '#server/log.ts';
import type { Context, Part } from '#server/part.ts';

type Job = { name: string; cron: string; run(): Promise<unknown> };

/** What runs by the clock; of several processes one runs each job. */
const jobs: Job[] = [
  { name: 'tidy', cron: '17 * * * *', run: tidy },
  { name: 'resume-deferred', cron: '* * * * *', run: resumeDue },
  { name: 'sweep-files', cron: '43 3 * * *', run: sweep },
];

const schema = 'pgboss';

/**
 * Schedules over pg-boss. Its tables are the owner's to migrate; the app works in them under its own login.
 * @param clock another than the wall's makes a test's minutes short
 */
export async function startJobs(
  { ownerUrl, databaseUrl }: Pick<Context, 'ownerUrl' | 'databaseUrl'>,
  clock: Clock = systemClock,
): Promise<Part> {
  await prepare(ownerUrl);
  const settings = { connectionString: databaseUrl, schema, max: 2, migrate: false, createSchema: false };
  const boss = new PgBoss({ ...settings, clock });
  boss.on('error', (error) => void reportUnexpected(error, { part: 'jobs' }));
  await boss.start();
  for (const job of jobs) {
    await boss.schedule(job.name, job.cron);
    await boss.work(job.name, async () => {
      try {
        log.info({ part: 'jobs', job: job.name, result: await job.run() }, 'done');
      } catch (error) {
        // pg-boss tries it again, and says nothing.
        reportUnexpected(error, { part: 'jobs', job: job.name });
        throw error;
      }
    });
  }
  return { stop: () => boss.stop({ graceful: true, timeout: 10_000 }) };
}

async function prepare(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerUrl, schema, max: 1, supervise: false, schedule: false });
  boss.on('error', (error) => void reportUnexpected(error, { part: 'jobs' }));
  await boss.start();
  for (const job of jobs) await boss.createQueue(job.name, { retryLimit: 3, retryBackoff: true });
  await boss.stop({ graceful: false });
  const owner = connect(ownerUrl, { connections: 1, name: 'lotse jobs' });
  try {
    await owner.begin(async (sql) => {
      // Of two processes that start at once and grant the same, PostgreSQL would refuse one.
      await sql`select pg_advisory_xact_lock(hashtextextended('lotse.jobs', 0))`;
      await sql`grant usage on schema pgboss to lotse_app`;
      await sql`grant select, insert, update, delete on all tables in schema pgboss to lotse_app`;
      await sql`grant usage on all sequences in schema pgboss to lotse_app`;
      await sql`grant execute on all functions in schema pgboss to lotse_app`;
    });
  } finally {
    await owner.end({ timeout: 5 });
  }
}
