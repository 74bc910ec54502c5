-- What hangs on a ticket or a message. The bytes lie in the file home (server/files.ts) under storage_key; they are
-- written first, the row second, and bytes without a row are swept.

create table lotse.files (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  ticket_id uuid not null,
  message_id uuid,
  visibility text not null check (visibility in ('internal', 'public')),
  name text not null check (length(name) between 1 and 255),
  mime text not null check (length(mime) between 3 and 120),
  size bigint not null check (size between 0 and 104857600),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  storage_key text not null check (length(storage_key) between 1 and 200),
  -- Content-ID of an inline part of a mail, without angle brackets.
  content_id text check (length(content_id) <= 255),
  uploaded_by_member_id uuid,
  uploaded_by_contact_id uuid,
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  check (num_nonnulls(uploaded_by_member_id, uploaded_by_contact_id) <= 1),
  check (uploaded_by_contact_id is null or visibility = 'public'),
  foreign key (workspace_id, ticket_id) references lotse.tickets (workspace_id, id) on delete cascade,
  -- A file of an internal comment is internal, one of a public message public: it follows its message.
  foreign key (workspace_id, message_id, visibility) references lotse.messages (workspace_id, id, visibility) on delete cascade,
  foreign key (workspace_id, uploaded_by_member_id) references lotse.members (workspace_id, id) on delete restrict,
  foreign key (workspace_id, uploaded_by_contact_id) references lotse.contacts (workspace_id, id) on delete restrict
);

create index files_ticket on lotse.files (workspace_id, ticket_id);
create index files_message on lotse.files (workspace_id, message_id);
-- One row for the bytes: nobody shows himself somebody else's by naming their key.
create unique index files_storage on lotse.files (storage_key);
create index files_member on lotse.files (workspace_id, uploaded_by_member_id);
create index files_contact on lotse.files (workspace_id, uploaded_by_contact_id);

alter table lotse.files enable row level security;

-- The file's message belongs to the file's ticket, and a closed ticket takes nothing more from a customer.
create function private.guard_file() returns trigger
language plpgsql security definer
set search_path = ''
as $$
declare
  state text;
begin
  select t.status into state from lotse.tickets t where t.id = new.ticket_id for share;
  if state in ('closed', 'cancelled') and new.uploaded_by_contact_id is not null then
    perform private.refuse('ticket.closed');
  end if;
  if new.message_id is not null and not exists (
    select from lotse.messages m where m.id = new.message_id and m.ticket_id = new.ticket_id
  ) then
    perform private.refuse('message.notFound');
  end if;
  return new;
end
$$;

create trigger files_guard before insert or update of ticket_id, message_id on lotse.files
for each row execute function private.guard_file();

grant select, insert, update, delete on lotse.files to lotse_system;
grant select, delete on lotse.files to lotse_member;
-- A file is hung on a message by the system (messages.post), so that nobody hangs one on another's words.
grant insert (id, workspace_id, ticket_id, visibility, name, mime, size, sha256, storage_key, uploaded_by_member_id)
  on lotse.files to lotse_member;
grant update (visibility) on lotse.files to lotse_member;
grant select (id, workspace_id, ticket_id, message_id, visibility, name, mime, size, sha256, storage_key, content_id, uploaded_by_member_id, uploaded_by_contact_id, created_at)
  on lotse.files to lotse_customer;
grant insert (id, workspace_id, ticket_id, visibility, name, mime, size, sha256, storage_key, uploaded_by_contact_id)
  on lotse.files to lotse_customer;

create policy system_all on lotse.files to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.files for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

create policy worker_insert on lotse.files for insert to lotse_member
with check (
  workspace_id = (select private.staff_workspace())
  and uploaded_by_member_id = (select private.member())
  and uploaded_by_contact_id is null
  and private.may_work(ticket_id)
);

create policy worker_update on lotse.files for update to lotse_member
using (workspace_id = (select private.staff_workspace()) and message_id is null and private.may_work(ticket_id))
with check (workspace_id = (select private.staff_workspace()));

create policy uploader_delete on lotse.files for delete to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and private.may_work(ticket_id)
  and (uploaded_by_member_id = (select private.member()) or (select private.is_moderator()))
);

create policy customer_select on lotse.files for select to lotse_customer
using (
  visibility = 'public'
  and exists (select from lotse.tickets t where t.id = ticket_id)
  and (message_id is null or exists (select from lotse.messages m where m.id = message_id and m.withdrawn_at is null))
);

create policy customer_insert on lotse.files for insert to lotse_customer
with check (
  workspace_id = (select private.customer_workspace())
  and uploaded_by_contact_id = (select private.customer())
  and uploaded_by_member_id is null
  and visibility = 'public'
  and exists (select from lotse.tickets t where t.id = ticket_id)
);

revoke execute on all functions in schema private from public;
