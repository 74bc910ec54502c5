-- Where mail is fetched or delivered, and what ticket mail is sent from.

create table lotse.mail_accounts (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  name text not null check (length(name) between 1 and 80),
  -- Mail to this address is ours; ticket mail is sent from it.
  address text not null check (address = lower(address) and address ~ '^[^@\s]+@[^@\s]+$' and length(address) <= 254),
  pool_id uuid not null,
  -- imap: we fetch; smtp: the address is delivered to our own port.
  kind text not null check (kind in ('imap', 'smtp')),
  imap_host text not null default '' check (length(imap_host) <= 253),
  imap_port int not null default 993 check (imap_port between 1 and 65535),
  imap_security text not null default 'tls' check (imap_security in ('tls', 'starttls', 'none')),
  imap_user text not null default '' check (length(imap_user) <= 254),
  imap_password text not null default '' check (length(imap_password) <= 1024),
  -- When it was typed last, even if it was the same again.
  imap_password_at timestamptz,
  imap_folder text not null default 'INBOX' check (length(imap_folder) between 1 and 250),
  after_storing text not null default 'seen' check (after_storing in ('leave', 'seen', 'move', 'delete')),
  move_to_folder text not null default 'Archive' check (length(move_to_folder) between 1 and 250),
  -- Sub-addressing (desk+1042.…@) works at this provider; else the number in the subject and the mail ids carry the thread.
  has_plus_addresses boolean not null default true,
  sends_confirmation boolean not null default true,
  uid_validity bigint,
  last_uid bigint not null default 0,
  last_success_at timestamptz,
  last_error text not null default '' check (length(last_error) <= 500),
  lease_until timestamptz,
  lease_holder uuid,
  paused_at timestamptz,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  unique (workspace_id, id),
  check (kind <> 'imap' or (imap_host <> '' and imap_user <> '')),
  foreign key (workspace_id, pool_id) references lotse.pools (workspace_id, id) on delete restrict
);

-- An address is served once on this installation, or a delivered mail would have two homes.
create unique index mail_accounts_address on lotse.mail_accounts (address) where archived_at is null;
create index mail_accounts_workspace on lotse.mail_accounts (workspace_id);
create index mail_accounts_pool on lotse.mail_accounts (workspace_id, pool_id);

alter table lotse.mail_accounts enable row level security;

-- The password goes in and never comes out: whoever has it sent to another server, or in the clear, types it again.
create function private.note_password() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  new.imap_password_at := clock_timestamp();
  return new;
end
$$;

create function private.guard_account() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if private.member() is not null
    and old.imap_password <> ''
    and new.imap_password_at is not distinct from old.imap_password_at
    and (
      (new.imap_host, new.imap_port, new.imap_user) is distinct from (old.imap_host, old.imap_port, old.imap_user)
      or (new.imap_security <> old.imap_security and new.imap_security <> 'tls')
    ) then
    perform private.refuse('account.passwordNeeded');
  end if;
  return new;
end
$$;

-- The first fires when the password is among the columns of the update, and before the second by its name.
create trigger mail_accounts_a_password before update of imap_password on lotse.mail_accounts
for each row execute function private.note_password();

create trigger mail_accounts_guard before update on lotse.mail_accounts
for each row execute function private.guard_account();

grant select, insert, update, delete on lotse.mail_accounts to lotse_system;
grant select (id, workspace_id, name, address, pool_id, kind, imap_host, imap_port, imap_security, imap_user, imap_folder,
  after_storing, move_to_folder, has_plus_addresses, sends_confirmation, last_success_at, last_error, paused_at, archived_at, created_at)
  on lotse.mail_accounts to lotse_member;
-- The password goes in and never comes out.
grant insert (id, workspace_id, name, address, pool_id, kind, imap_host, imap_port, imap_security, imap_user, imap_password,
  imap_folder, after_storing, move_to_folder, has_plus_addresses, sends_confirmation) on lotse.mail_accounts to lotse_member;
grant update (name, pool_id, imap_host, imap_port, imap_security, imap_user, imap_password, imap_folder, after_storing,
  move_to_folder, has_plus_addresses, sends_confirmation, paused_at, archived_at) on lotse.mail_accounts to lotse_member;

create policy system_all on lotse.mail_accounts to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy administrator_select on lotse.mail_accounts for select to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

create policy administrator_insert on lotse.mail_accounts for insert to lotse_member
with check (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()));

create policy administrator_update on lotse.mail_accounts for update to lotse_member
using (workspace_id = (select private.staff_workspace()) and (select private.is_administrator()))
with check (workspace_id = (select private.staff_workspace()));

revoke execute on all functions in schema private from public;
