import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { decide } from '#server/config.ts';
import { plant } from '#server/demo/plant.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

vi.mock('#server/auth/home.ts', () => ({ authHome: () => ({ createAccount: () => Promise.resolve(randomUUID()) }) }));

let db: TestDatabase;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  decide({ FILES_DIR: folder });
  db = await createTestDatabase();
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

test('the demo plants a lively desk once, and finds it as it was left', async () => {
  expect(await plant()).toBe(true);
  expect(await plant()).toBe(false);
  const [count] = await db.owner<{ tickets: number; messages: number; files: number; workspaces: number }[]>`
    select
      (select count(*)::int from lotse.tickets) as tickets,
      (select count(*)::int from lotse.messages) as messages,
      (select count(*)::int from lotse.files) as files,
      (select count(*)::int from lotse.workspaces) as workspaces
  `;
  expect(count?.workspaces).toBe(1);
  expect(count?.tickets).toBeGreaterThan(50);
  expect(count?.messages).toBeGreaterThan(80);
  expect(count?.files).toBe(4);
});

test('its tickets have the ages of their stories, and every ticket has its events in order', async () => {
  const [spread] = await db.owner<{ oldest: number; lost: number; disorder: number }[]>`
    select
      (select extract(epoch from now() - min(created_at))::int / 3600 from lotse.tickets) as oldest,
      (select count(*)::int from lotse.tickets t where not exists (select from lotse.events e where e.ticket_id = t.id)) as lost,
      (
        select count(*)::int
        from (select created_at < lag(created_at) over (partition by ticket_id order by seq) as back from lotse.events where ticket_id is not null) x
        where back
      ) as disorder
  `;
  expect(spread?.oldest).toBeGreaterThan(300);
  expect(spread).toMatchObject({ lost: 0, disorder: 0 });
});
