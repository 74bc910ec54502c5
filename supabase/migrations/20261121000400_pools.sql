-- A pool (category) holds the tickets nobody is responsible for. A sub pool inherits the access of its main one.

create table lotse.pools (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  parent_id uuid check (parent_id <> id),
  name text not null check (length(name) between 1 and 60),
  -- Fractional rank, compared byte by byte (src/lib/shared/rank.ts).
  position text collate "C" not null check (position ~ '^[0-9A-Za-z]{1,200}$'),
  is_public boolean not null default true,
  claim_before_work boolean not null default true,
  notification_address text check (length(notification_address) <= 254),
  group_id uuid,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  foreign key (workspace_id, parent_id) references lotse.pools (workspace_id, id) on delete restrict,
  foreign key (workspace_id, group_id) references lotse.groups (workspace_id, id) on delete restrict
);

create unique index pools_name on lotse.pools (workspace_id, coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), lower(name))
where archived_at is null;
create index pools_parent on lotse.pools (workspace_id, parent_id);
create index pools_group on lotse.pools (workspace_id, group_id);

create table lotse.pool_access (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  pool_id uuid not null,
  member_id uuid,
  group_id uuid,
  created_at timestamptz not null default now(),
  check (num_nonnulls(member_id, group_id) = 1),
  foreign key (workspace_id, pool_id) references lotse.pools (workspace_id, id) on delete cascade,
  foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete cascade,
  foreign key (workspace_id, group_id) references lotse.groups (workspace_id, id) on delete cascade
);

create unique index pool_access_member on lotse.pool_access (pool_id, member_id) where member_id is not null;
create unique index pool_access_group on lotse.pool_access (pool_id, group_id) where group_id is not null;
create index pool_access_of_member on lotse.pool_access (workspace_id, member_id);
create index pool_access_of_group on lotse.pool_access (workspace_id, group_id);

alter table lotse.pools enable row level security;
alter table lotse.pool_access enable row level security;

-- The pools the acting member may look into and claim from: all for moderators, else by grant to him or to a group of
-- his, on the pool or on its main one.
create function private.pools() returns uuid[]
language plpgsql stable security definer
set search_path = ''
as $$
declare
  role text := private.member_role();
  groups uuid[] := private.groups();
  granted uuid[];
begin
  if role is null then
    return '{}';
  elsif role in ('administrator', 'moderator') then
    return array(select p.id from lotse.pools p where p.workspace_id = private.workspace());
  end if;
  granted := array(
    select a.pool_id
    from lotse.pool_access a
    where a.workspace_id = private.workspace()
      and (a.member_id = private.member() or a.group_id = any (groups))
  );
  return array(
    select p.id
    from lotse.pools p
    where p.workspace_id = private.workspace()
      and (p.id = any (granted) or p.parent_id = any (granted))
  );
end
$$;

-- Two levels and no cycle: a main pool has no parent, a sub pool has no children.
create function private.guard_pool() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if new.parent_id is not null then
    perform pg_advisory_xact_lock(hashtextextended('pools:' || new.workspace_id, 0));
    if exists (select from lotse.pools p where p.id = new.parent_id and p.parent_id is not null)
      or exists (select from lotse.pools p where p.parent_id = new.id) then
      perform private.refuse('pool.tooDeep');
    end if;
  end if;
  return new;
end
$$;

create trigger pools_guard before insert or update of parent_id on lotse.pools
for each row execute function private.guard_pool();

grant select, insert, update, delete on lotse.pools, lotse.pool_access to lotse_system;
grant select on lotse.pools, lotse.pool_access to lotse_member;
grant insert (id, workspace_id, parent_id, name, position, is_public, claim_before_work, notification_address, group_id),
  update (parent_id, name, position, is_public, claim_before_work, notification_address, group_id, archived_at),
  delete on lotse.pools to lotse_member;
grant insert (workspace_id, pool_id, member_id, group_id), delete on lotse.pool_access to lotse_member;

create policy system_all on lotse.pools to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

-- Names of pools are no secret inside the team (tickets are handed over into them); their tickets are.
create policy staff_select on lotse.pools for select to lotse_member
using (workspace_id = (select private.staff_workspace()));

create policy administrator_insert on lotse.pools for insert to lotse_member
with check (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

create policy administrator_update on lotse.pools for update to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()))
with check (workspace_id = (select private.staff_workspace()));

create policy administrator_delete on lotse.pools for delete to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

create policy system_all on lotse.pool_access to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.pool_access for select to lotse_member
using (workspace_id = (select private.staff_workspace()));

create policy administrator_insert on lotse.pool_access for insert to lotse_member
with check (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

create policy administrator_delete on lotse.pool_access for delete to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

revoke execute on all functions in schema private from public;
grant execute on function private.pools to lotse_member;
