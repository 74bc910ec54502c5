-- How a person becomes a member: once, by a token that leaves with a mail and is kept as a hash.

create table lotse.invitations (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  email text not null check (length(email) between 3 and 254),
  name text not null check (length(name) between 1 and 80),
  role text not null check (role in ('administrator', 'moderator', 'member')),
  language text not null default 'de' check (language in ('de', 'en')),
  token_hash bytea not null unique,
  invited_by_member_id uuid,
  expires_at timestamptz not null default now() + interval '7 days',
  accepted_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  foreign key (workspace_id, invited_by_member_id) references lotse.members (workspace_id, id) on delete cascade
);

create index invitations_inviter on lotse.invitations (workspace_id, invited_by_member_id);

alter table lotse.invitations enable row level security;

grant select, insert, update on lotse.invitations to lotse_system;
grant select (id, workspace_id, email, name, role, language, invited_by_member_id, expires_at, accepted_at, revoked_at, created_at)
  on lotse.invitations to lotse_member;
grant insert (id, workspace_id, email, name, role, language, token_hash, invited_by_member_id) on lotse.invitations to lotse_member;
grant update (revoked_at) on lotse.invitations to lotse_member;

create policy system_all on lotse.invitations to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy administrator_select on lotse.invitations for select to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

create policy administrator_insert on lotse.invitations for insert to lotse_member
with check (
  workspace_id = (select private.staff_workspace())
  and (select private.is_administrator())
  and invited_by_member_id = (select private.member())
);

create policy administrator_update on lotse.invitations for update to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()))
with check (workspace_id = (select private.staff_workspace()));
