-- The inbox: mail of accounts that "ask first" waits for a person, who makes a ticket of it, files it or ignores it.

alter table lotse.mail_accounts add column asks_first boolean not null default false;

grant select (asks_first), insert (asks_first), update (asks_first) on lotse.mail_accounts to lotse_member;

-- waiting: read, and nobody has decided about it yet.
alter table lotse.mails
  drop constraint mails_state_check,
  add constraint mails_state_check
    check (state in ('stored', 'parsed', 'threaded', 'waiting', 'filed', 'ignored', 'failed')),
  -- When it was put into the inbox; who may look into that sees it, also after it was decided about without a ticket.
  add column asked_at timestamptz,
  -- Who works on it now: two people must not make two tickets of one mail.
  add column taken_by_member_id uuid,
  add column taken_until timestamptz,
  add column decided_by_member_id uuid,
  add column decided_at timestamptz,
  add constraint mails_asked check (state <> 'waiting' or asked_at is not null),
  add foreign key (workspace_id, taken_by_member_id) references lotse.members (workspace_id, id) on delete restrict,
  add foreign key (workspace_id, decided_by_member_id) references lotse.members (workspace_id, id) on delete restrict;

create index mails_inbox on lotse.mails (workspace_id, asked_at) where state = 'waiting';
create index mails_decided on lotse.mails (workspace_id, decided_at) where decided_at is not null;
create index mails_taken_by on lotse.mails (workspace_id, taken_by_member_id) where taken_by_member_id is not null;
create index mails_decided_by on lotse.mails (workspace_id, decided_by_member_id) where decided_by_member_id is not null;
create index mails_from on lotse.mails (workspace_id, from_address, received_at) where from_address <> '';

-- What a waiting mail says, read and made safe when it came; with a ticket it becomes the ticket's message and goes from here.
create table lotse.mail_contents (
  mail_id uuid primary key,
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  body_html text not null default '' check (length(body_html) <= 1000000),
  body_text text not null default '' check (length(body_text) <= 1000000),
  quoted_html text not null default '' check (length(quoted_html) <= 2000000),
  -- As found in the text, to be offered and not believed.
  phone text not null default '' check (length(phone) <= 40),
  language text not null default 'de' check (language in ('de', 'en')),
  foreign key (workspace_id, mail_id) references lotse.mails (workspace_id, id) on delete cascade
);

create index mail_contents_mail on lotse.mail_contents (workspace_id, mail_id);

create table lotse.mail_files (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references lotse.workspaces (id) on delete cascade,
  mail_id uuid not null,
  name text not null check (length(name) between 1 and 255),
  mime text not null check (length(mime) between 3 and 120),
  size bigint not null check (size between 0 and 104857600),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  storage_key text not null check (length(storage_key) between 1 and 200),
  content_id text check (length(content_id) <= 255),
  created_at timestamptz not null default now(),
  foreign key (workspace_id, mail_id) references lotse.mails (workspace_id, id) on delete cascade
);

create index mail_files_mail on lotse.mail_files (workspace_id, mail_id);
create unique index mail_files_storage on lotse.mail_files (storage_key);

alter table lotse.mail_contents enable row level security;
alter table lotse.mail_files enable row level security;

-- The accounts whose inbox the actor may look into: those of the pools he may claim from. Their servers stay the administrators'.
create function private.inboxes()
returns table (account_id uuid, name text, address text, pool_id uuid, sends_confirmation boolean, asks_first boolean)
language plpgsql stable security definer
set search_path = ''
as $$
declare
  pools uuid[] := private.pools();
begin
  return query
  select a.id, a.name, a.address, a.pool_id, a.sends_confirmation, a.asks_first and a.archived_at is null
  from lotse.mail_accounts a
  where a.workspace_id = private.staff_workspace() and a.pool_id = any (pools);
end
$$;

-- Takes a waiting mail for two minutes, or for longer who has it already. A second person hears who has it, or who has decided.
create function private.take_mail(mail uuid) returns boolean
language plpgsql security definer
set search_path = ''
as $$
declare
  me uuid := private.member();
  seen record;
begin
  select m.state, m.decided_by_member_id, m.taken_by_member_id, coalesce(m.taken_until > now(), false) as is_taken
  into seen
  from lotse.mails m
  where m.id = mail
    and m.workspace_id = private.staff_workspace()
    and m.asked_at is not null
    and m.account_id in (select i.account_id from private.inboxes() i)
  for update;
  if not found then
    perform private.refuse('mail.notFound');
  elsif seen.state <> 'waiting' then
    perform private.refuse('mail.decided', jsonb_build_object('member', seen.decided_by_member_id));
  elsif seen.is_taken and seen.taken_by_member_id <> me then
    perform private.refuse('mail.taken', jsonb_build_object('member', seen.taken_by_member_id));
  end if;
  update lotse.mails m set taken_by_member_id = me, taken_until = now() + interval '2 minutes' where m.id = mail;
  return not (seen.is_taken and seen.taken_by_member_id = me);
end
$$;

-- Gives it back. Nobody gives back what another has.
create function private.let_mail_go(mail uuid) returns boolean
language plpgsql security definer
set search_path = ''
as $$
begin
  if not exists (
    select
    from lotse.mails m
    where m.id = mail
      and m.workspace_id = private.staff_workspace()
      and m.asked_at is not null
      and m.account_id in (select i.account_id from private.inboxes() i)
  ) then
    perform private.refuse('mail.notFound');
  end if;
  update lotse.mails m
  set taken_by_member_id = null, taken_until = null
  where m.id = mail and m.taken_by_member_id = private.member();
  return found;
end
$$;

-- Takes back a decision that made nothing: the mail waits again, for whoever may look into its inbox.
create function private.return_mail(mail uuid) returns boolean
language plpgsql security definer
set search_path = ''
as $$
declare
  seen record;
begin
  select m.state, m.ticket_id into seen
  from lotse.mails m
  where m.id = mail
    and m.workspace_id = private.staff_workspace()
    and m.asked_at is not null
    and m.account_id in (select i.account_id from private.inboxes() i)
    and exists (select from lotse.mail_contents c where c.mail_id = m.id)
  for update;
  if not found then
    perform private.refuse('mail.notFound');
  elsif seen.state = 'waiting' then
    return false;
  elsif seen.state not in ('filed', 'ignored') or seen.ticket_id is not null then
    perform private.refuse('mail.filedAlready');
  end if;
  update lotse.mails m
  set state = 'waiting', reason = 'inbox', decided_by_member_id = null, decided_at = null
  where m.id = mail;
  return true;
end
$$;

-- A mail that went through the inbox is decided about by a person, and says by whom.
create function private.guard_decision() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if new.state in ('filed', 'ignored') and new.decided_at is null then
    perform private.refuse('mail.undecided');
  end if;
  new.taken_by_member_id := null;
  new.taken_until := null;
  return new;
end
$$;

create trigger mails_decision before update of state on lotse.mails
for each row when (old.state = 'waiting' and new.state is distinct from old.state)
execute function private.guard_decision();

grant select, insert, update, delete on lotse.mail_contents, lotse.mail_files to lotse_system;
grant select on lotse.mail_contents, lotse.mail_files to lotse_member;

drop policy staff_select on lotse.mails;

create policy staff_select on lotse.mails for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and case
    when ticket_id is not null then exists (select from lotse.tickets t where t.id = ticket_id)
    when asked_at is not null then account_id = any ((select array(select i.account_id from private.inboxes() i))::uuid[])
    else (select private.is_administrator())
  end
);

create policy system_all on lotse.mail_contents to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.mail_contents for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and exists (select from lotse.mails m where m.id = mail_id)
);

create policy system_all on lotse.mail_files to lotse_system
using (private.system_reaches(workspace_id))
with check (private.system_reaches(workspace_id));

create policy staff_select on lotse.mail_files for select to lotse_member
using (
  workspace_id = (select private.staff_workspace())
  and exists (select from lotse.mails m where m.id = mail_id)
);

revoke execute on all functions in schema private from public;
grant execute on function private.inboxes, private.take_mail, private.let_mail_go, private.return_mail to lotse_member;
