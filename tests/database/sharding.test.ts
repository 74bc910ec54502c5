import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

// docs/scale.md says what a division by workspace asks of the tables; here the database has the word.

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const ownWorkspace = `(select attnum from pg_attribute where attrelid = c.oid and attname = 'workspace_id')`;

test('every table but the three that are of no workspace says whose its rows are', async () => {
  const rows = await db.owner<{ name: string }[]>`
    select c.relname as name
    from pg_class c
    where c.relnamespace = 'lotse'::regnamespace
      and c.relkind in ('r', 'p')
      and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id')
    order by 1
  `;
  expect(rows.map(({ name }) => name)).toEqual(['attempts', 'keys', 'workspaces']);
});

test('every foreign key between rows of workspaces begins with the workspace', async () => {
  const rows = await db.owner.unsafe(`
    select f.conname
    from pg_constraint f
    join pg_class c on c.oid = f.conrelid
    where f.contype = 'f'
      and c.relnamespace = 'lotse'::regnamespace
      and f.conkey[1] is distinct from ${ownWorkspace}
  `);
  expect(rows).toEqual([]);
});

test('the keys without a workspace are rows’ own ids and those that docs/scale.md names', async () => {
  const rows = await db.owner.unsafe<{ tableName: string; columns: string }[]>(`
    select c.relname as table_name, (
      select string_agg(a.attname, ', ' order by k.place)
      from unnest(i.indkey::int2[]) with ordinality k (attnum, place)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
    ) as columns
    from pg_index i
    join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'lotse'::regnamespace
      and i.indisunique
      and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id')
      and ${ownWorkspace} <> all (i.indkey::int2[])
      and pg_get_indexdef(i.indexrelid, 1, true) <> 'id'
  `);
  const document = await readFile(new URL('../../docs/scale.md', import.meta.url), 'utf8');
  const table = /<!-- keys -->\n([\s\S]*?)<!-- end keys -->/.exec(document)?.[1] ?? '';
  const named = [...table.matchAll(/^\| `(\w+)` \| `([\w, ]+)` \|/gm)].map(
    ([, name, columns]) => `${name} (${columns})`,
  );
  expect(named.toSorted()).toEqual(rows.map(({ tableName, columns }) => `${tableName} (${columns})`).toSorted());
});

test('the ledger may be partitioned by workspace and still be stamped at commit, behind its policies', async () => {
  await db.owner.begin(async (tx) => {
    await tx.unsafe(`
      create schema trial;
      create table trial.events (like lotse.events including defaults including constraints) partition by hash (workspace_id);
      create table trial.events_0 partition of trial.events for values with (modulus 2, remainder 0);
      create table trial.events_1 partition of trial.events for values with (modulus 2, remainder 1);
      create unique index on trial.events (workspace_id, seq) where seq is not null;
      create unique index on trial.events (workspace_id, id);
      create function trial.stamp() returns trigger language plpgsql as $$
      begin
        update trial.events e set seq = 7 where e.workspace_id = new.workspace_id and e.id = new.id;
        return null;
      end $$;
      create constraint trigger stamp after insert on trial.events deferrable initially deferred
      for each row execute function trial.stamp();
      alter table trial.events enable row level security;
      create policy own on trial.events to lotse_system using (workspace_id = private.workspace());
      grant usage on schema trial to lotse_system;
      grant select on trial.events to lotse_system;
      insert into trial.events (id, workspace_id, class, type, actor_kind, audience)
      select i, md5(i::text)::uuid, 'staff', 'trial.made', 'system', '{}' from generate_series(1, 20) i;
    `);
    expect(await tx`select from trial.events where seq is not null`).toHaveLength(0);
    await tx`set constraints all immediate`;
    expect(await tx`select from trial.events where seq = 7`).toHaveLength(20);
    expect((await tx`select distinct tableoid from trial.events`).length).toBe(2);
    await tx`select set_config('lotse.workspace', md5('3')::uuid::text, true)`;
    await tx`set local role lotse_system`;
    expect((await tx`select id from trial.events`).map(({ id }) => Number(id))).toEqual([3]);
    await tx`reset role`;
    await tx`drop schema trial cascade`;
  });
});
