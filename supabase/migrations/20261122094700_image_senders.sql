-- Senders whose remote images somebody wants to see at once. Each for himself: it is his browser that tells the sender that he reads.
create table lotse.image_senders (
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  member_id uuid not null,
  address text not null check (length(address) between 3 and 254 and address = lower(address)),
  created_at timestamptz not null default now(),
  primary key (member_id, address),
  foreign key (workspace_id, member_id) references lotse.members (workspace_id, id) on delete cascade
);

create index image_senders_member on lotse.image_senders (workspace_id, member_id);

alter table lotse.image_senders enable row level security;

grant select, insert, update, delete on lotse.image_senders to lotse_system;
grant select, delete on lotse.image_senders to lotse_member;
grant insert (workspace_id, member_id, address) on lotse.image_senders to lotse_member;

create policy system_all on lotse.image_senders to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy self_select on lotse.image_senders for select to lotse_member
using (workspace_id = (select private.staff_workspace()) and member_id = (select private.member()));

create policy self_insert on lotse.image_senders for insert to lotse_member
with check (workspace_id = (select private.staff_workspace()) and member_id = (select private.member()));

create policy self_delete on lotse.image_senders for delete to lotse_member
using (workspace_id = (select private.staff_workspace()) and member_id = (select private.member()));
