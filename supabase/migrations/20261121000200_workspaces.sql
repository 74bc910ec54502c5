-- A workspace is a tenant: every row belongs to one.

create table lotse.workspaces (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique
    check (slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$')
    -- An address is /<slug>/board: route names are taken.
    check (slug not in ('login', 'setup', 'invitation', 'api', 'healthz', 'readyz', 'files', 'socket', 'notes', 'assets', 'logout')),
  name text not null check (length(name) between 1 and 80),
  accent text not null default '#0f6b6b' check (accent ~ '^#[0-9a-f]{6}$'),
  language text not null default 'de' check (language in ('de', 'en')),
  sender_name text not null default '' check (length(sender_name) <= 80),
  created_at timestamptz not null default now()
);

-- Numbers are drawn in a short transaction of their own (gaps are allowed); event_seq is drawn at commit by
-- private.stamp_event.
create table lotse.workspace_counters (
  workspace_id uuid primary key references lotse.workspaces (id) on delete cascade,
  ticket_number int not null default 1000,
  event_seq bigint not null default 0
);

-- Secrets of this installation: signed links, reply addresses, mail ids. A part of the backup, or restored links die.
create table lotse.keys (
  purpose text primary key,
  secret bytea not null check (length(secret) >= 32),
  created_at timestamptz not null default now()
);

alter table lotse.workspaces enable row level security;
alter table lotse.workspace_counters enable row level security;
alter table lotse.keys enable row level security;

create function private.add_counters() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into lotse.workspace_counters (workspace_id) values (new.id);
  return null;
end
$$;

create trigger workspaces_counters after insert on lotse.workspaces
for each row execute function private.add_counters();

grant select, insert, update on lotse.workspaces to lotse_system;
grant select, update on lotse.workspace_counters to lotse_system;
grant select, insert on lotse.keys to lotse_system;
grant select on lotse.workspaces to lotse_member;
grant select (id, name, accent, language) on lotse.workspaces to lotse_customer;
grant update (name, accent, language, sender_name) on lotse.workspaces to lotse_member;

create policy system_all on lotse.workspaces to lotse_system
using (private.system_reaches(id))
with check (private.system_reaches(id));

create policy system_all on lotse.workspace_counters to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy system_all on lotse.keys to lotse_system
using (true)
with check (true);
