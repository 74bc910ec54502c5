import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { columns, functions } from './access/document.ts';

// What the matrix of access.test.ts cannot see: rights that nobody uses yet, and ways around the rows.

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('every table has row level security', async () => {
  const bare = await db.owner`
    select relname from pg_class where relnamespace = 'lotse'::regnamespace and relkind in ('r', 'p') and not relrowsecurity
  `;
  expect(bare).toEqual([]);
});

test('every right on a table has a policy, and every policy a right', async () => {
  const odd = await db.owner`
    with rights as (
      select c.oid, c.relname, r.role, o.operation, o.letter,
        has_table_privilege(r.role, c.oid, o.operation)
          or (o.operation <> 'delete' and has_any_column_privilege(r.role, c.oid, o.operation)) as may
      from pg_class c,
        unnest(array['lotse_member', 'lotse_customer', 'lotse_system', 'lotse_app']) r (role),
        (values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd')) o (operation, letter)
      where c.relnamespace = 'lotse'::regnamespace and c.relkind in ('r', 'p')
    ),
    judged as (
      select rights.*, exists (
        select from pg_policy p
        where p.polrelid = rights.oid
          and p.polcmd::text in (letter, '*')
          and (p.polroles = '{0}' or (select oid from pg_roles where rolname = role) = any (p.polroles))
      ) as has_policy
      from rights
    )
    select relname, role, operation, may, has_policy
    from judged
    where may <> has_policy and not (role = 'lotse_system' and has_policy)
  `;
  expect(odd).toEqual([]);
});

test('columns that a role reads or writes in part are those of docs/access.md', async () => {
  const rows = await db.owner<{ name: string; columns: string }[]>`
    select format('%s %s %s', c.relname, r.role, o.operation) as name,
      string_agg(a.attname, ', ' order by a.attnum) filter (where has_column_privilege(r.role, c.oid, a.attnum, o.operation)) as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
      unnest(array['lotse_member', 'lotse_customer', 'lotse_system', 'lotse_app']) r (role),
      unnest(array['select', 'insert', 'update']) o (operation)
    where c.relnamespace = 'lotse'::regnamespace and c.relkind = 'r'
    group by c.relname, r.role, o.operation
    having bool_or(has_column_privilege(r.role, c.oid, a.attnum, o.operation))
      and not bool_and(has_column_privilege(r.role, c.oid, a.attnum, o.operation))
  `;
  const real = Object.fromEntries(rows.map((row) => [row.name, row.columns]));
  const written = Object.fromEntries(
    [...columns].filter(([, list]) => list.length > 0).map(([k, list]) => [k, list.join(', ')]),
  );
  expect(real).toEqual(written);
});

test('each function is called by those whom docs/access.md names', async () => {
  const rows = await db.owner<{ name: string; roles: string[] }[]>`
    select p.proname as name, array_agg(r.role order by r.role) as roles
    from pg_proc p, unnest(array['lotse_member', 'lotse_customer', 'lotse_system', 'lotse_app']) r (role)
    where p.pronamespace = 'private'::regnamespace and has_function_privilege(r.role, p.oid, 'execute')
    group by p.oid
  `;
  expect(Object.fromEntries(rows.map(({ name, roles }) => [name, roles]))).toEqual(Object.fromEntries(functions));
});

test('nothing is granted to everybody', async () => {
  const [granted] = await db.owner<{ functions: number; tables: number; schemas: number }[]>`
    select
      (select count(*) from pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner))) a
        where pronamespace in ('private'::regnamespace, 'lotse'::regnamespace) and a.grantee = 0) as functions,
      (select count(*) from pg_class, aclexplode(relacl) a where relnamespace = 'lotse'::regnamespace and a.grantee = 0) as tables,
      (select count(*) from pg_namespace, aclexplode(nspacl) a where nspname in ('lotse', 'private') and a.grantee = 0) as schemas
  `;
  expect(granted).toEqual({ functions: 0, tables: 0, schemas: 0 });
});

test('no role of ours gets around row level security', async () => {
  const strong = await db.owner`
    select rolname from pg_roles
    where rolname like 'lotse\\_%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit)
      and rolname not in ('lotse_test_other')
  `;
  expect(strong).toEqual([]);
});

test('what runs with the rights of the owner names its search path', async () => {
  const loose = await db.owner`
    select proname from pg_proc
    where pronamespace in ('private'::regnamespace, 'lotse'::regnamespace)
      and prosecdef
      and not coalesce(proconfig, '{}') @> array['search_path=""']
  `;
  expect(loose).toEqual([]);
});

test('every key between tables of a workspace carries the workspace', async () => {
  const loose = await db.owner`
    select conrelid::regclass::text as table, conname
    from pg_constraint
    where contype = 'f'
      and connamespace = 'lotse'::regnamespace
      and confrelid <> 'lotse.workspaces'::regclass
      and (select attname from pg_attribute where attrelid = conrelid and attnum = conkey[1]) <> 'workspace_id'
  `;
  expect(loose).toEqual([]);
});

test('every foreign key has an index', async () => {
  const bare = await db.owner`
    select conrelid::regclass::text as table, conname
    from pg_constraint k
    where contype = 'f'
      and connamespace = 'lotse'::regnamespace
      and not exists (
        select from pg_index i
        where i.indrelid = k.conrelid
          and i.indkey[0] = any (k.conkey)
          -- By the workspace alone a whole tenant would be read.
          and (cardinality(k.conkey) = 1 or i.indkey[0] <> k.conkey[1] or i.indkey[1] = any (k.conkey))
      )
      and confrelid <> 'lotse.workspaces'::regclass
  `;
  expect(bare).toEqual([]);
});
