-- Text blocks (Textbausteine) in folders: the team's, or one person's own. Plain text in one or both languages.
create table lotse.text_blocks (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  -- Null: everybody's in the team.
  member_id uuid,
  folder text not null default '' check (length(folder) <= 60),
  name text not null check (length(name) between 1 and 80),
  body_de text not null default '' check (length(body_de) <= 8000),
  body_en text not null default '' check (length(body_en) <= 8000),
  changed_at timestamptz not null default now(),
  check (body_de <> '' or body_en <> ''),
  foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete cascade
);

create unique index text_blocks_name on lotse.text_blocks
  (workspace_id, coalesce(member_id, '00000000-0000-0000-0000-000000000000'), lower(folder), lower(name));
create index text_blocks_member on lotse.text_blocks (workspace_id, member_id);

alter table lotse.text_blocks enable row level security;

grant select, insert, update, delete on lotse.text_blocks to lotse_system;
grant select, delete on lotse.text_blocks to lotse_member;
grant insert (id, workspace_id, member_id, folder, name, body_de, body_en) on lotse.text_blocks to lotse_member;
grant update (folder, name, body_de, body_en, changed_at) on lotse.text_blocks to lotse_member;

create policy system_all on lotse.text_blocks to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.text_blocks for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and (member_id is null or member_id = (select private.member()))
);

-- The team's are its moderators' to write.
create policy writer_insert on lotse.text_blocks for insert to lotse_member
with check (
  workspace_id = (select private.staff_workspace())
  and case when member_id is null then (select private.is_moderator()) else member_id = (select private.member()) end
);

create policy writer_update on lotse.text_blocks for update to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and case when member_id is null then (select private.is_moderator()) else member_id = (select private.member()) end
)
with check (workspace_id = (select private.staff_workspace()));

create policy writer_delete on lotse.text_blocks for delete to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and case when member_id is null then (select private.is_moderator()) else member_id = (select private.member()) end
);
