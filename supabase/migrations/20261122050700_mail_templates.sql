-- The workspace's own wording of its mails. Where there is no row, the standard text is sent (server/letters/standards.ts).
create table lotse.mail_templates (
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  occasion text not null
    check (occasion in ('confirmation', 'message', 'question', 'interim', 'closing', 'statement', 'forward')),
  language text not null check (language in ('de', 'en')),
  body text not null check (length(body) between 1 and 8000),
  changed_by_member_id uuid,
  changed_at timestamptz not null default now(),
  primary key (workspace_id, occasion, language),
  foreign key (workspace_id, changed_by_member_id) references lotse.members (workspace_id, id) on delete set null (changed_by_member_id)
);

create index mail_templates_member on lotse.mail_templates (workspace_id, changed_by_member_id);

-- Whether what an agent writes leaves as a mail by itself. Off, customers read it on their page; questions, interim information
-- and closings are mailed all the same.
alter table lotse.workspaces add column mails_messages boolean not null default true;

alter table lotse.mail_templates enable row level security;

grant select, insert, update, delete on lotse.mail_templates to lotse_system;
grant select, insert, delete on lotse.mail_templates to lotse_member;
grant update (body, changed_by_member_id, changed_at) on lotse.mail_templates to lotse_member;
grant update (mails_messages) on lotse.workspaces to lotse_member;

create policy system_all on lotse.mail_templates to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

-- Who answers sees how his mail will read.
create policy staff_select on lotse.mail_templates for select to lotse_member
using (workspace_id = (select private.staff_workspace()));

create policy administrator_insert on lotse.mail_templates for insert to lotse_member
with check (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

create policy administrator_update on lotse.mail_templates for update to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()))
with check (workspace_id = (select private.staff_workspace()));

create policy administrator_delete on lotse.mail_templates for delete to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));
