import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startServer, type TestServer } from '../support/server.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('several processes that start at once on an empty database set it up once', async () => {
  const { owner, url } = database;
  // As before the very first start: no table of ours, of the sign-in or of the jobs.
  await owner`drop schema if exists lotse, private, pgboss, auth, extensions, supabase_migrations cascade`;
  const settings = { SMTP_URL: '', SMTP_IN_PORT: '', DATABASE_CONNECTIONS: '4' };
  const started = await Promise.allSettled([1, 2, 3].map(() => startServer(url, settings)));
  const servers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    expect(started.filter(({ status }) => status === 'rejected')).toEqual([]);
    for (const server of servers) expect(await readiness(server)).toMatchObject({ ready: true });
    const [twice] = await owner`
      select version from supabase_migrations.schema_migrations group by version having count(*) > 1
    `;
    expect(twice).toBeUndefined();
    const schedules = await owner<{ name: string }[]>`select name from pgboss.schedule order by name`;
    expect(new Set(schedules.map(({ name }) => name)).size).toBe(schedules.length);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
});

async function readiness({ address, port }: TestServer): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { headers: { host: new URL(address).host } });
  return answer.json();
}
