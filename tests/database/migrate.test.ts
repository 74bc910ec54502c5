import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '#server/database/migrate.ts';
import { connect } from '#server/database/pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let db: TestDatabase;
let folder: string;
/** The address of a pool that gives up after a tenth of a second. */
let impatient: string;

beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'lotse-migrations-'));
  impatient = `${db.url}?statement_timeout=100`;
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

const write = (name: string, text: string) => writeFile(join(folder, name), text);
const run = () => migrate(impatient, pathToFileURL(`${folder}/`));

test('a migration may take longer than any statement of a running desk', async () => {
  await write('20990101000000_slow.sql', 'create table lotse.slow (); select pg_sleep(0.5);');
  await run();
  const [done] = await db.owner`
    select name from supabase_migrations.schema_migrations where version = '20990101000000'
  `;
  expect(done).toEqual({ name: 'slow' });
});

test('a second process waits for a slow migration of the first, and finds it done', async () => {
  await write('20990101000100_late.sql', 'create table lotse.late (); select pg_sleep(0.5);');
  await Promise.all([run(), run()]);
  const [made] = await db.owner`select count(*)::int as count from pg_tables where tablename = 'late'`;
  expect(made).toEqual({ count: 1 });
});

test('what waits is bounded where others would wait behind it: for a table, not for time', async () => {
  await write('20990101000200_told.sql', "create table lotse.told as select current_setting('lock_timeout') as lock");
  await run();
  expect(await db.owner`select lock from lotse.told`).toEqual([{ lock: '30s' }]);
});

test('a desk in another database that starts at the same moment is no reason not to start', async () => {
  const other = connect(db.url, { connections: 1, name: 'lotse other desk' });
  const started = await other.begin(async (sql) => {
    // Other files' desks share this cluster's roles, and may be changing this one.
    await until(() =>
      sql.savepoint((own) => own`alter role lotse_app connection limit -1`).then(() => true, isCollision),
    );
    const starting = migrate(db.url);
    await until(async () => {
      const [waiting] = await db.owner`
        select from pg_stat_activity
        where datname = current_database() and application_name = 'lotse migrate' and wait_event_type = 'Lock'
      `;
      return waiting;
    });
    return { starting };
  });
  expect(new URL(await started.starting).username).toBe('lotse_app');
  await other.end();
});

function isCollision(error: unknown): false {
  if (error instanceof Error && error.message === 'tuple concurrently updated') return false;
  throw error;
}
