-- Filters of the workspace or of one person, for mail that comes and for mail that goes; what a trial foresees.

alter table lotse.filters
  -- Null: the workspace's, for its administrators to write. Else of one person, who alone sees it.
  add column member_id uuid,
  add column direction text not null default 'in' check (direction in ('in', 'out')),
  add foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete cascade,
  -- Nobody's own rule lets mail of others disappear, and a message that somebody wrote is at most held, for a person to decide.
  add constraint filters_does check (
    not jsonb_path_exists(actions, '$[*].do ? (!(@ like_regex "^(ticket|move|inbox|ignore|claim|read|hold|silent|copy|tag|priority)$"))')
    and case
      when member_id is not null and direction = 'in' then not jsonb_path_exists(actions, '$[*].do ? (@ like_regex "^(ticket|inbox|ignore|hold|silent)$")')
      when member_id is not null then not jsonb_path_exists(actions, '$[*].do ? (!(@ like_regex "^(copy|tag|priority)$"))')
      when direction = 'in' then not jsonb_path_exists(actions, '$[*].do ? (@ like_regex "^(claim|read|hold|silent)$")')
      else not jsonb_path_exists(actions, '$[*].do ? (!(@ like_regex "^(hold|silent|copy|tag|priority)$"))')
    end
  );

create index filters_member on lotse.filters (workspace_id, member_id);

drop policy administrator_all on lotse.filters;

create policy writer_all on lotse.filters to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and case when member_id is null then (select private.is_administrator()) else member_id = (select private.member()) end
)
with check (
  workspace_id = (select private.staff_workspace())
  and case when member_id is null then (select private.is_administrator()) else member_id = (select private.member()) end
);

alter table lotse.filter_trials
  add column direction text not null default 'in' check (direction in ('in', 'out')),
  -- As one's own rule: over what came to its owner, or what he wrote.
  add column is_mine boolean not null default false,
  -- The rule it is tried in place of; null is a new one, behind all others.
  add column filter_id uuid,
  add column actions jsonb not null default '[]' check (jsonb_typeof(actions) = 'array' and jsonb_array_length(actions) <= 10),
  add column stops boolean not null default true,
  -- For each mail that is meant, what would happen to it (src/lib/shared/foreseen.ts).
  add column outcomes jsonb not null default '[]' check (jsonb_typeof(outcomes) = 'array' and jsonb_array_length(outcomes) <= 500);

grant insert (direction, is_mine, filter_id, actions, stops) on lotse.filter_trials to lotse_member;

drop policy self_select on lotse.filter_trials;
drop policy self_insert on lotse.filter_trials;

-- The workspace's are tried over everybody's mail.
create policy self_select on lotse.filter_trials for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and (is_mine or (select private.is_administrator()))
  and member_id = (select private.member())
);

create policy self_insert on lotse.filter_trials for insert to lotse_member
with check (
  workspace_id = (select private.staff_workspace())
  and (is_mine or (select private.is_administrator()))
  and member_id = (select private.member())
);

-- What somebody's own rules want done about a mail: written with the mail, done in his name a moment later, as far as he may.
create table lotse.filter_runs (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  member_id uuid not null,
  mail_id uuid,
  outgoing_mail_id uuid,
  names text[] not null default '{}' check (cardinality(names) <= 100),
  actions jsonb not null check (jsonb_typeof(actions) = 'array' and jsonb_array_length(actions) <= 200),
  state text not null default 'asked' check (state in ('asked', 'done', 'refused')),
  -- Why it was refused, as a code.
  reason text not null default '' check (length(reason) <= 100),
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  unique (member_id, mail_id),
  unique (member_id, outgoing_mail_id),
  check (num_nonnulls(mail_id, outgoing_mail_id) = 1),
  foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete cascade,
  foreign key (workspace_id, mail_id) references lotse.mails (workspace_id, id) on delete cascade,
  foreign key (workspace_id, outgoing_mail_id) references lotse.outgoing_mails (workspace_id, id) on delete cascade
);

create index filter_runs_asked on lotse.filter_runs (created_at) where state = 'asked';
create index filter_runs_member on lotse.filter_runs (workspace_id, member_id, created_at);
create index filter_runs_mail on lotse.filter_runs (workspace_id, mail_id);
create index filter_runs_outgoing_mail on lotse.filter_runs (workspace_id, outgoing_mail_id);

alter table lotse.filter_runs enable row level security;

grant select, insert, update, delete on lotse.filter_runs to lotse_system;
grant select on lotse.filter_runs to lotse_member;

create policy system_all on lotse.filter_runs to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy self_select on lotse.filter_runs for select to lotse_member
using (workspace_id = (select private.staff_workspace()) and member_id = (select private.member()));

alter table lotse.mail_contents
  -- What rules want a ticket of this mail to have, offered to whoever makes it.
  add column tags text[] not null default '{}' check (cardinality(tags) <= 20),
  add column priority text not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent'));

alter table lotse.outgoing_mails
  -- The names of the rules that had a say, as they were then.
  add column filter_names text[] not null default '{}' check (cardinality(filter_names) <= 100);

grant select (filter_names) on lotse.outgoing_mails to lotse_member;
