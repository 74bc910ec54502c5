-- Filters: what the workspace wants done with incoming mail that would become a ticket or wait for a person.

create table lotse.filters (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  name text not null check (length(name) between 1 and 80),
  joins text not null default 'all' check (joins in ('all', 'any')),
  -- The shapes stand in src/lib/shared/filters.ts and are parsed on every way in.
  conditions jsonb not null check (jsonb_typeof(conditions) = 'array' and jsonb_array_length(conditions) between 1 and 20),
  actions jsonb not null check (jsonb_typeof(actions) = 'array' and jsonb_array_length(actions) between 1 and 10),
  -- Nothing below it is looked at once it matched.
  stops boolean not null default true,
  position int not null default 0,
  -- A new one is tried on past mails before it goes live.
  is_active boolean not null default false,
  created_at timestamptz not null default now(),
  unique (workspace_id, id)
);

create index filters_workspace on lotse.filters (workspace_id, position);

-- A trial: a filter over the last mails of the ledger. The mails are read again by the mail side, which writes what it found.
create table lotse.filter_trials (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  member_id uuid not null,
  joins text not null check (joins in ('all', 'any')),
  conditions jsonb not null check (jsonb_typeof(conditions) = 'array' and jsonb_array_length(conditions) between 1 and 20),
  state text not null default 'asked' check (state in ('asked', 'reading', 'done')),
  looked int not null default 0 check (looked >= 0),
  -- Of the mails looked at, those that match.
  mail_ids uuid[] not null default '{}' check (cardinality(mail_ids) <= 500),
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete cascade
);

create index filter_trials_asked on lotse.filter_trials (created_at) where state = 'asked';
create index filter_trials_member on lotse.filter_trials (workspace_id, member_id);

alter table lotse.mails
  -- The names of the filters that had a say, as they were then.
  add column filter_names text[] not null default '{}' check (cardinality(filter_names) <= 100);

alter table lotse.filters enable row level security;
alter table lotse.filter_trials enable row level security;

grant select, insert, update, delete on lotse.filters, lotse.filter_trials to lotse_system;
grant select, insert, update, delete on lotse.filters to lotse_member;
grant select on lotse.filter_trials to lotse_member;
grant insert (id, workspace_id, member_id, joins, conditions) on lotse.filter_trials to lotse_member;

create policy system_all on lotse.filters to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy administrator_all on lotse.filters to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()))
with check (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

create policy system_all on lotse.filter_trials to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy self_select on lotse.filter_trials for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and (select private.is_administrator())
  and member_id = (select private.member())
);

create policy self_insert on lotse.filter_trials for insert to lotse_member
with check (
  workspace_id = (select private.staff_workspace())
  and (select private.is_administrator())
  and member_id = (select private.member())
);
