-- Schemas, roles and the identity of a request.
--
-- The Data API never sees these schemas: anon and authenticated hold nothing here. The owner migrates and backs up;
-- the server signs in as lotse_app, which holds nothing itself and takes one of three roles for each transaction.

create schema if not exists lotse;
create schema if not exists private;

do $$
begin
  if not exists (select from pg_roles where rolname = 'lotse_member') then
    create role lotse_member nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'lotse_customer') then
    create role lotse_customer nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'lotse_system') then
    create role lotse_system nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'lotse_app') then
    create role lotse_app login noinherit;
  end if;
end
$$;

grant lotse_member, lotse_customer, lotse_system to lotse_app;
grant usage on schema lotse, private to lotse_member, lotse_customer, lotse_system;

-- One transaction acts in one workspace in one capacity. The settings are local to the transaction and are set by
-- server/database/actor.ts after the identity was verified.

-- A body after `return` is bound to its functions when it is created, so it needs no search_path, and is inlined: a
-- function in SQL with a `set` is planned anew by each statement that calls it. What asks a table is plpgsql for the same
-- reason: its plan is kept. Together they made a claim ten times faster on PostgreSQL 15.

create function private.setting(name text) returns uuid
language sql stable parallel safe
return nullif(current_setting('lotse.' || name, true), '')::uuid;

create function private.workspace() returns uuid
language sql stable parallel safe
return private.setting('workspace');

create function private.member() returns uuid
language sql stable parallel safe
return private.setting('member');

-- The system acts in one workspace or, where the setting is empty, in all of them (mail intake, jobs).
create function private.system_reaches(workspace uuid) returns boolean
language sql stable parallel safe
return private.setting('workspace') is null or private.setting('workspace') = workspace;

-- Expected refusals carry a stable code that the interface translates (src/lib/shared/errors.ts).
create function private.refuse(code text, detail jsonb default '{}') returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception using errcode = 'LT001', message = code, detail = detail::text;
end
$$;

-- Every migration that makes a function ends with this revoke and grants each role only what it needs:
-- docs/access.md holds the list, and tests/database/schema.test.ts holds it to that.
revoke execute on all functions in schema private from public;
grant execute on function private.setting, private.workspace, private.member to lotse_member, lotse_customer, lotse_system;
grant execute on function private.system_reaches to lotse_system;
