-- Members are people of the team; one person (auth.users) may be a member of several workspaces.

create table lotse.members (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  -- No foreign key: the auth schema is Supabase's, or arrives after these migrations.
  user_id uuid not null,
  role text not null check (role in ('administrator', 'moderator', 'member')),
  name text not null check (length(name) between 1 and 80),
  email text not null check (length(email) <= 254),
  language text not null default 'de' check (language in ('de', 'en')),
  deactivated_at timestamptz,
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  unique (workspace_id, user_id)
);

create index members_user on lotse.members (user_id);

create table lotse.groups (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  name text not null check (length(name) between 1 and 80),
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  unique (workspace_id, id)
);

create unique index groups_name on lotse.groups (workspace_id, lower(name)) where archived_at is null;

create table lotse.group_members (
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  group_id uuid not null,
  member_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (group_id, member_id),
  foreign key (workspace_id, group_id) references lotse.groups (workspace_id, id) on delete cascade,
  foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete cascade
);

create index group_members_member on lotse.group_members (workspace_id, member_id);

alter table lotse.members enable row level security;
alter table lotse.groups enable row level security;
alter table lotse.group_members enable row level security;

-- Who is asking. Definer, so that policies of other tables can call them without recursion; called as (select …), so
-- that they run once for a query. A deactivated member is nobody.

create function private.member_role() returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (
    select m.role
    from lotse.members m
    where m.id = private.member()
      and m.workspace_id = private.workspace()
      and m.deactivated_at is null
  );
end
$$;

create function private.staff_workspace() returns uuid
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (
    select m.workspace_id
    from lotse.members m
    where m.id = private.member()
      and m.workspace_id = private.workspace()
      and m.deactivated_at is null
  );
end
$$;

create function private.is_moderator() returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return coalesce(private.member_role() in ('administrator', 'moderator'), false);
end
$$;

create function private.is_administrator() returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return coalesce(private.member_role() = 'administrator', false);
end
$$;

create function private.groups() returns uuid[]
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return array(
    select gm.group_id
    from lotse.group_members gm
    join lotse.members m on m.id = gm.member_id and m.deactivated_at is null
    where gm.workspace_id = private.workspace()
      and gm.member_id = private.member()
  );
end
$$;

-- A workspace without an administrator could never be mended again.
create function private.keep_administrator() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if old.role = 'administrator' and old.deactivated_at is null
    and (new.role <> 'administrator' or new.deactivated_at is not null) then
    perform pg_advisory_xact_lock(hashtextextended('administrators:' || old.workspace_id, 0));
    if not exists (
      select from lotse.members m
      where m.workspace_id = old.workspace_id
        and m.id <> old.id
        and m.role = 'administrator'
        and m.deactivated_at is null
    ) then
      perform private.refuse('member.lastAdministrator');
    end if;
  end if;
  return new;
end
$$;

create function private.guard_member() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if private.member() is not null
    and not private.is_administrator()
    and (new.role, new.deactivated_at) is distinct from (old.role, old.deactivated_at) then
    perform private.refuse('forbidden');
  end if;
  return new;
end
$$;

-- Both fire in the order of their names: first the lock, then whether the actor still is an administrator.
create trigger members_guard before update on lotse.members
for each row execute function private.guard_member();

create trigger members_administrator before update on lotse.members
for each row execute function private.keep_administrator();

grant select, insert, update on lotse.members to lotse_system;
grant select, insert, update, delete on lotse.groups, lotse.group_members to lotse_system;
grant select on lotse.groups, lotse.group_members to lotse_member;
-- Not the account: it is the same in every workspace of the person.
grant select (id, workspace_id, role, name, email, language, deactivated_at, created_at) on lotse.members to lotse_member;
grant update (name, language, role, deactivated_at) on lotse.members to lotse_member;
grant insert (id, workspace_id, name), update (name, archived_at) on lotse.groups to lotse_member;
grant insert, delete on lotse.group_members to lotse_member;
grant select (id, workspace_id, name) on lotse.members to lotse_customer;

create policy staff_select on lotse.workspaces for select to lotse_member
using (id = (select private.staff_workspace()));

create policy administrator_update on lotse.workspaces for update to lotse_member
using (id = (select private.staff_workspace()) and (select private.is_administrator()))
with check (id = (select private.staff_workspace()) and (select private.is_administrator()));

create policy system_all on lotse.members to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.members for select to lotse_member
using (workspace_id = (select private.staff_workspace()));

create policy administrator_update on lotse.members for update to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()))
with check (workspace_id = (select private.staff_workspace()));

-- A member changes his own name and language; the trigger below keeps role and access out of his hands.
create policy self_update on lotse.members for update to lotse_member
using (workspace_id = (select private.staff_workspace()) and id = (select private.member()))
with check (workspace_id = (select private.staff_workspace()) and id = (select private.member()));

create policy system_all on lotse.groups to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.groups for select to lotse_member
using (workspace_id = (select private.staff_workspace()));

create policy administrator_insert on lotse.groups for insert to lotse_member
with check (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

create policy administrator_update on lotse.groups for update to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()))
with check (workspace_id = (select private.staff_workspace()));

create policy system_all on lotse.group_members to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.group_members for select to lotse_member
using (workspace_id = (select private.staff_workspace()));

create policy administrator_insert on lotse.group_members for insert to lotse_member
with check (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

create policy administrator_delete on lotse.group_members for delete to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

revoke execute on all functions in schema private from public;
grant execute on function private.staff_workspace, private.is_moderator, private.is_administrator, private.groups to lotse_member;
